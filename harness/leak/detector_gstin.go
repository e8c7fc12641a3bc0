package leak

var gstin = Detector{
	Name:     "gstin",
	About:    "a GSTIN: a state's two digits, a PAN, an entity, Z and a check character",
	Gate:     "its checksum to base 36; probable beside gst",
	triggers: trigger{runs: [2]int{4, 4}},
	find: func(text []byte, start, end int, found []span) []span {
		first, last := start-7, end+4
		if first < 0 || last > len(text) || !allDigits(text[first:first+2]) || !allUpper(text[first+2:start]) || !isUpper(text[end]) {
			return found
		}
		b := text[first:last]
		if b[13] != 'Z' || !isDigit(b[12]) && !isUpper(b[12]) || gstinCheck(b[:14]) != b[14] || !alone(text, first, last) {
			return found
		}
		return append(found, span{first, last, "gstin", graded(text, first, last, gstWords), "plain", string(b)})
	},
}

var gstWords = newVocabulary("gst", "gstin", "gstno", "gstnumber")
