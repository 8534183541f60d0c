"""Running and looking after a congress: the servers, the services, the doctor."""
