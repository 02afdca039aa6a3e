"""What a person runs: the commands `etl`, which writes archives, and `chats`, which reads them."""
