//! Powers of large numbers modulo an odd number (Montgomery's method).
//!
//! The time depends on the modulus and the exponent, which are public, and not on the number.

/// An odd modulus, as 64-bit limbs with the lowest first.
pub(super) struct Modulus {
    limbs: Vec<u64>,
    /// The negated inverse of the lowest limb, modulo 2^64.
    inverse: u64,
    /// The square of `R`, modulo the modulus; `R` is 2^64 to the number of limbs.
    r_squared: Vec<u64>,
    bytes: usize,
}

impl Modulus {
    /// `bytes` begins with the highest byte, which is not zero, and is odd.
    pub(super) fn new(bytes: &[u8]) -> Modulus {
        let limbs = limbs(bytes);
        // Newton's method: each step doubles the number of right bits.
        let mut inverse = 1_u64;
        for _ in 0..6 {
            inverse = inverse.wrapping_mul(2_u64.wrapping_sub(limbs[0].wrapping_mul(inverse)));
        }
        let mut modulus =
            Modulus { r_squared: Vec::new(), inverse: inverse.wrapping_neg(), bytes: bytes.len(), limbs };
        let mut square = vec![0; modulus.limbs.len()];
        square[0] = 1;
        for _ in 0..2 * 64 * modulus.limbs.len() {
            modulus.double(&mut square);
        }
        modulus.r_squared = square;
        modulus
    }

    /// `base` to the power of `exponent`, as many bytes as the modulus has.
    pub(super) fn power(&self, base: &[u8], exponent: &[u8]) -> Vec<u8> {
        let mut number = limbs(base);
        number.resize(self.limbs.len(), 0);
        let base = self.multiply(&number, &self.r_squared);
        let mut one = vec![0; self.limbs.len()];
        one[0] = 1;
        let mut result = self.multiply(&one, &self.r_squared);
        for bit in exponent.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1)) {
            result = self.multiply(&result, &result);
            if bit == 1 {
                result = self.multiply(&result, &base);
            }
        }
        let result = self.multiply(&result, &one);
        let mut bytes: Vec<u8> = result.iter().flat_map(|limb| limb.to_le_bytes()).take(self.bytes).collect();
        bytes.reverse();
        bytes
    }

    /// `a * b / R`.
    fn multiply(&self, a: &[u64], b: &[u64]) -> Vec<u64> {
        let count = self.limbs.len();
        let mut sum = vec![0_u64; count + 2];
        for &factor in a {
            add_product(&mut sum, factor, b);
            let quotient = sum[0].wrapping_mul(self.inverse);
            add_product(&mut sum, quotient, &self.limbs);
            sum.copy_within(1.., 0);
            sum[count + 1] = 0;
        }
        self.reduce(&mut sum);
        sum.truncate(count);
        sum
    }

    fn double(&self, number: &mut Vec<u64>) {
        let mut carry = 0;
        for limb in number.iter_mut() {
            let next = *limb >> 63;
            *limb = *limb << 1 | carry;
            carry = next;
        }
        number.push(carry);
        self.reduce(number);
        number.truncate(self.limbs.len());
    }

    /// Subtracts the modulus once, if the number is not below it. Both ways take the same time.
    fn reduce(&self, number: &mut [u64]) {
        let mut borrow = false;
        let mut less = Vec::with_capacity(number.len());
        for (index, &limb) in number.iter().enumerate() {
            let (difference, first) = limb.overflowing_sub(self.limbs.get(index).copied().unwrap_or(0));
            let (difference, second) = difference.overflowing_sub(borrow.into());
            borrow = first | second;
            less.push(difference);
        }
        // All ones if the number was below the modulus.
        let keep = u64::from(borrow).wrapping_neg();
        for (limb, less) in number.iter_mut().zip(less) {
            *limb = (*limb & keep) | (less & !keep);
        }
    }
}

/// Adds `factor * number`.
fn add_product(sum: &mut [u64], factor: u64, number: &[u64]) {
    let mut carry = 0_u128;
    for (limb, &other) in sum.iter_mut().zip(number) {
        carry += u128::from(*limb) + u128::from(factor) * u128::from(other);
        *limb = carry as u64;
        carry >>= 64;
    }
    for limb in &mut sum[number.len()..] {
        carry += u128::from(*limb);
        *limb = carry as u64;
        carry >>= 64;
    }
}

fn limbs(bytes: &[u8]) -> Vec<u64> {
    let limb = |part: &[u8]| part.iter().fold(0, |limb, &byte| limb << 8 | u64::from(byte));
    bytes.rchunks(8).map(limb).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn as_with_plain_arithmetic(base: u64, exponent: u16, modulus: u64) {
            let modulus = modulus | 1 | 1 << 63;
            let base = base % modulus;
            let mut expected = 1_u128;
            for _ in 0..exponent {
                expected = expected * u128::from(base) % u128::from(modulus);
            }
            let power = Modulus::new(&modulus.to_be_bytes()).power(&base.to_be_bytes(), &exponent.to_be_bytes());
            prop_assert_eq!(power, (expected as u64).to_be_bytes());
        }
    }
}
