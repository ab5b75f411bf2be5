"""The control-plane process and the command line."""
