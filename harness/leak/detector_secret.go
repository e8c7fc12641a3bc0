package leak

import "math"

var secret = Detector{
	Name:     "secret",
	About:    "a password, a secret or a bearer token, by the word in front of it",
	Gate:     "8 to 128 characters, 3.5 bits of entropy each; probable for a bearer token of sixteen or more",
	triggers: trigger{words: []string{"bearer ", "password", "passwd=", "secret="}},
	find: func(text []byte, at, end int, found []span) []span {
		if wordAt(text, at-1) && text[end-1] != '=' {
			return found
		}
		bearer := text[end-1] == ' '
		start, ok := valueStart(text, end)
		if !ok {
			return found
		}
		last := start
		for last < len(text) && isSecret(text[last]) && last-start < 4096 {
			last++
		}
		b := text[start:last]
		if len(b) < 8 || bearer && len(b) < 16 || !bearer && len(b) > 128 || entropy(b) < 3.5 {
			return found
		}
		if tokens := jwt.find(text, start+2, start+3, found); len(tokens) > len(found) {
			return tokens
		}
		certainty := Possible
		if bearer {
			certainty = Probable
		}
		return append(found, span{start, last, "secret", certainty, "plain", string(b)})
	},
}

// valueStart skips the = or : and the quotes between a key and its value. A key
// that already ends in = or a space is followed by its value.
func valueStart(text []byte, i int) (int, bool) {
	assigned := text[i-1] == '=' || text[i-1] == ' '
	for ; i < len(text); i++ {
		switch text[i] {
		case '=', ':':
			assigned = true
		case '"', '\'', ' ', '\\':
		default:
			return i, assigned
		}
	}
	return i, false
}

func isSecret(c byte) bool {
	switch c {
	case '"', '\'', ',', ';', '&', '}', ')', ']', '<', '\\', ' ':
		return false
	}
	return c > ' ' && c <= '~'
}

// entropy is how many bits each byte of b tells.
func entropy(b []byte) float64 {
	var counts [256]int
	for _, c := range b {
		counts[c]++
	}
	bits := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(b))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}
