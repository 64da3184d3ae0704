this is not checked
