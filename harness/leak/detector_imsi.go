package leak

var imsi = Detector{
	Name:     "imsi",
	About:    "an IMSI: 15 digits that begin with a mobile country code",
	Gate:     "beside imsi or subscriber only; a first digit from 2 to 7",
	triggers: trigger{runs: [2]int{15, 15}},
	find: func(text []byte, start, end int, found []span) []span {
		if c := text[start]; c < '2' || c > '7' || !alone(text, start, end) || !near(text, start, end, imsiWords) {
			return found
		}
		return append(found, span{start, end, "imsi", Probable, "plain", string(text[start:end])})
	},
}

var imsiWords = newVocabulary("imsi", "subscriber", "subscriberid", "subscriber_id")
