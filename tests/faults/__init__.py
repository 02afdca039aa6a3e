"""What becomes of an archive that is hurt: killed writers, full disks, bad input. `make faults`."""
