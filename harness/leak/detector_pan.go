package leak

var pan = Detector{
	Name:     "pan",
	About:    "a PAN of the Indian tax office: five letters, four digits, a letter; the fourth letter is the kind of holder",
	Gate:     "capitals; probable beside pan, tax or kyc",
	triggers: trigger{runs: [2]int{4, 4}},
	find: func(text []byte, start, end int, found []span) []span {
		first, last := start-5, end+1
		if first < 0 || last > len(text) || !isUpper(text[end]) || !allUpper(text[first:start]) || !alone(text, first, last) {
			return found
		}
		switch text[first+3] {
		case 'A', 'B', 'C', 'F', 'G', 'H', 'J', 'L', 'P', 'T':
		default:
			return found
		}
		return append(found, span{first, last, "pan", graded(text, first, last, panWords), "plain", string(text[first:last])})
	},
}

var panWords = newVocabulary("pan", "pancard", "panno", "pannumber", "tax", "kyc", "ekyc")

func allUpper(b []byte) bool {
	for _, c := range b {
		if !isUpper(c) {
			return false
		}
	}
	return true
}
