"""Papers and files: frozen data in, bytes out; knows no database and no Flask."""
