"""One flow to what happened in it: verdicts, states, arithmetic, sentences."""
