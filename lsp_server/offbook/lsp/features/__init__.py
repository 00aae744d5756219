"""What the server answers: one file for each feature of the protocol, named after its method."""
