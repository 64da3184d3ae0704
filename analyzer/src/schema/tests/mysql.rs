use aio_databases_sql::Dialect;

use super::{Case, run};

const TABLES: &[Case] = &[
    (
        "types",
        "create table t (a bigint unsigned not null, b tinyint(1), c tinyint(4), d bool not null, e enum('x','y') not null,
         f set('p','q'), g int(5) zerofill, h double precision, i varchar(10) character set utf8mb4 collate utf8mb4_bin not null,
         j json, k timestamp not null default current_timestamp on update current_timestamp, l datetime(6) null default null,
         m decimal(10,2), n binary(16), o bit(1), p long varchar, q national varchar(3), r year)",
        "t(a bigint unsigned!, b tinyint(1), c tinyint, d tinyint(1)!, e enum(x|y)!, f set, g int unsigned, h double,
         i varchar!, j json, k timestamp!=, l datetime, m decimal, n binary, o bit, p mediumtext, q varchar, r year)",
    ),
    (
        "keys and their names",
        "create table t (id int auto_increment primary key, a int unique, b varchar(10) not null, c int key_block_size = 3,
         unique key u (a, b(5)), unique (a), key (b), fulltext key f (b), constraint w unique index x (b),
         foreign key (a) references q (id) on delete cascade, check (a > 0)) engine=InnoDB default charset=utf8mb4 comment='x'",
        "t(id int!=, a int, b varchar!, c ?…) [PRIMARY: id*] [a: a] [u: a b] [a_2: a] [x: b]
         1:96 `key_block_size = 3` is not supported in a column's definition",
    ),
    (
        "primary keys take no null, even when they are gone",
        "create table t (a int, b int, primary key (a, b)); alter table t drop primary key;
         create table u (a int primary key); alter table u modify a bigint",
        "t(a int!, b int!)
         u(a bigint!) [PRIMARY: a*]",
    ),
    (
        "alter",
        "create table t (a int not null, b int, c int, unique key k (b));
         alter table t add d varchar(3) not null after a, add column (e int, f int not null), drop column c,
         change b bb bigint not null, modify column a int unsigned null first, rename column f to g, alter e set default 3,
         add constraint uq unique (a), add index (e), drop foreign key if exists x, rename index k to kk, engine = InnoDB,
         convert to character set utf8mb4, auto_increment = 5, add z int first",
        "t(z int, a int unsigned, d varchar!, bb bigint!, e int=, g int!) [kk: bb] [uq: a]",
    ),
    (
        "like, and renames",
        "create table a (b int primary key default 1); create table c like a; create table if not exists d (like a);
         rename table a to x, c to y; alter table d rename z",
        "x(b int!=) [PRIMARY: b*]
         y(b int!=) [PRIMARY: b*]
         z(b int!=) [PRIMARY: b*]",
    ),
    (
        "a dump",
        "/*!40101 set @saved = @@character_set_client */;
         create database if not exists `shop` /*!40100 default character set utf8mb4 */; use `shop`;
         drop table if exists `t`;
         /*!50503 set character_set_client = utf8mb4 */;
         create table `t` (`id` int(11) not null auto_increment, `g` int generated always as (`id` + 1) virtual,
           `i` int invisible default 1, primary key (`id`), unique key `k` (`g`) using btree) engine=InnoDB /*!50100 partition by hash (id) */;
         lock tables `t` write; insert into `t` values (1,'a;b'); unlock tables;
         alter table shop.t add x int;
         delimiter ;;
         create trigger a before insert on t for each row begin set new.x = 1; end ;;
         delimiter ;
         create table u (a int) # a comment; with a semicolon
         ;",
        "t(id int!=, g int=#, x int) [PRIMARY: id*] [k: g]
         u(a int)",
    ),
    (
        "serial, generated and invisible columns",
        "create table t (a serial, b int as (a + 1) stored, c int invisible, d varchar(36) default (uuid()) not null)",
        "t(a bigint unsigned!=, b int=#, d varchar!=) [a: a]",
    ),
    (
        "said twice",
        "create table t (a int not null null, b int null not null, c serial unique unique, d int unique primary key)",
        "t(a int, b int!, c bigint unsigned!=, d int!) [PRIMARY: d*] [c: c]",
    ),
    (
        "a key whose made name was numbered past that of an index",
        "create table t (a int, b int unique, key a (b), unique (a)); alter table t drop index a_2",
        "t(a int, b int) [b: b]",
    ),
    (
        "functions and procedures",
        "create function f(a int, b varchar(10)) returns bigint unsigned deterministic reads sql data begin if a then return 1;
         end if; return 2; end; create definer=`root`@`localhost` procedure p(in a int) begin select 1; end; create table t (a int)",
        "t(a int)
         function f(int, varchar) bigint unsigned reads
         function p(int) nothing",
    ),
];

/// What the server refuses for a table or a column that is not there, and what it may not.
const MISSING: &[Case] = &[
    (
        "columns and tables",
        "create table users (id int primary key, name varchar(20), key (nme), key `by name` (NAME(10)));
         create table b (u int, constraint c foreign key (u) references userz (id), foreign key (u) references users (idd));
         alter table users rename column name to full_name, add index (full_name), add fulltext index (name);
         insert ignore userz values (1); delete from u using users as u; delete u from users as u; truncate userz",
        "b(u int)
         users(id int!, full_name varchar) [PRIMARY: id*]
         1:64 unknown column `nme` in `users`; did you mean `name`?
         2:73 unknown table `userz`; did you mean `users`?
         2:119 unknown column `idd` in `users`; did you mean `id`?
         3:104 unknown column `name` in `users`
         4:24 unknown table `userz`; did you mean `users`?
         4:109 unknown table `userz`; did you mean `users`?",
    ),
    (
        "foreign keys that are not looked at",
        "set foreign_key_checks = 0; create table b (u int, foreign key (u) references userz (id))",
        "b(u int)",
    ),
    (
        "foreign keys of an engine that has none",
        "create table b (u int, foreign key (u) references userz (id)) engine=MyISAM",
        "b(u int)",
    ),
    (
        "what a statement that is put together makes",
        "execute immediate concat('create table ', 'more', ' (a int)'); insert into more values (1)",
        "",
    ),
    ("another database's", "delete from mysql.general_log; create table b (u int); insert into B values (1)", "b(u int)"),
];

#[test]
fn missing() {
    run(Dialect::Mysql, MISSING);
}

/// All of them.
pub(super) fn all() -> Vec<Case> {
    [TABLES, MISSING].concat()
}

#[test]
fn tables() {
    run(Dialect::Mysql, TABLES);
}
