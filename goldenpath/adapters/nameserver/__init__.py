"""Production's name server: authoritative for one zone, on this machine only, in a process of its own."""
