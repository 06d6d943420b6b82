"""Behind `regulars systems`: what is promised, where it lives, and which test proves it."""
