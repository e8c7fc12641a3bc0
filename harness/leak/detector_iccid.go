package leak

var iccid = Detector{
	Name:     "iccid",
	About:    "the number of a SIM card: 89 and 17 or 18 digits (ITU-T E.118)",
	Gate:     "Luhn; probable beside iccid, sim or serial",
	triggers: trigger{runs: [2]int{19, 20}},
	find: func(text []byte, start, end int, found []span) []span {
		b := text[start:end]
		if b[0] != '8' || b[1] != '9' || !luhn(b) || !alone(text, start, end) {
			return found
		}
		return append(found, span{start, end, "iccid", graded(text, start, end, simWords), "plain", string(b)})
	},
}

var simWords = newVocabulary("iccid", "icc", "sim", "sim1", "sim2", "simserial", "simcard", "serial")
