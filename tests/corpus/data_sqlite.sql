update samples set data = x'00ff' where id = 2;
