package leak

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
)

var jwt = Detector{
	Name:     "jwt",
	About:    "a JSON web token: who holds it is logged in",
	Gate:     "three parts in base64url, the first of which is JSON with alg",
	triggers: trigger{jay: true},
	find: func(text []byte, at, _ int, found []span) []span {
		start := at - 2
		if start < 0 || text[start] != 'e' || text[start+1] != 'y' || start > 0 && isToken(text[start-1]) {
			return found
		}
		end := start
		dots := 0
		for end < len(text) && (isToken(text[end]) || text[end] == '.' && dots < 2) {
			if text[end] == '.' {
				dots++
			}
			end++
		}
		parts := bytes.Split(text[start:end], []byte("."))
		if len(parts) != 3 || len(parts[1]) == 0 || len(parts[2]) < 16 {
			return found
		}
		raw, err := base64.RawURLEncoding.DecodeString(string(parts[0]))
		var header struct {
			Alg string `json:"alg"`
		}
		if err != nil || json.Unmarshal(raw, &header) != nil || header.Alg == "" {
			return found
		}
		return append(found, span{start, end, "jwt", Probable, "plain", string(text[start:end])})
	},
}

func isToken(c byte) bool { return isLetter(c) || isDigit(c) || c == '-' || c == '_' }
