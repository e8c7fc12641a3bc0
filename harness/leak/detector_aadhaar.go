package leak

var aadhaar = Detector{
	Name:     "aadhaar",
	About:    "an Aadhaar number: twelve digits from 2 to 9, in a row or in three groups of four",
	Gate:     "Verhoeff; in a row only beside aadhaar, uidai or kyc; in groups probable beside one, else possible",
	triggers: trigger{runs: [2]int{4, 12}},
	find: func(text []byte, start, end int, found []span) []span {
		last := end
		grouped := end-start == 4
		switch {
		case grouped:
			if last = groups(text, start, 3); last == 0 {
				return found
			}
		case end-start != 12:
			return found
		}
		b := text[start:last]
		if b[0] < '2' || !alone(text, start, last) || !verhoeff(b) {
			return found
		}
		certainty := graded(text, start, last, aadhaarWords)
		if certainty == Possible && !grouped {
			return found
		}
		return append(found, span{start, last, "aadhaar", certainty, "plain", digitsOf(b)})
	},
}

var aadhaarWords = newVocabulary("aadhaar", "aadhar", "adhaar", "aadhaarnumber", "uidai", "kyc", "ekyc")
