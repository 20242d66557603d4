"""What passes between Retemper and this program: its types, and the check at the border."""
