"""What the archive is put through: killed loads, full disks, damaged, hostile and odd input."""
