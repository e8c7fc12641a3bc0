package leak

var card = Detector{
	Name:     "card",
	About:    "the number of a payment card: 13 to 19 digits, in a row or in four groups of four",
	Gate:     "Luhn, and an issuer's first digits and length; in a row only beside card, pay or the like; in groups probable beside one, else possible",
	triggers: trigger{runs: [2]int{4, 19}},
	find: func(text []byte, start, end int, found []span) []span {
		last := end
		grouped := end-start == 4
		switch {
		case grouped:
			if last = groups(text, start, 4); last == 0 {
				return found
			}
		case end-start < 13:
			return found
		}
		b := text[start:last]
		if !luhn(b) || !alone(text, start, last) {
			return found
		}
		value := digitsOf(b)
		certainty := graded(text, start, last, cardWords)
		if !issued(value) || certainty == Possible && !grouped {
			return found
		}
		return append(found, span{start, last, "card", certainty, "plain", value})
	},
}

var cardWords = newVocabulary(
	"card", "cardnumber", "cardno", "pan", "credit", "debit", "cvv", "visa", "mastercard", "rupay", "amex", "pay", "payment", "cc",
)

// issued says whether an issuer's cards begin so and have this length: Visa,
// Mastercard, American Express, RuPay.
func issued(n string) bool {
	four := 0
	for _, c := range n[:4] {
		four = four*10 + int(c-'0')
	}
	switch len(n) {
	case 13, 19:
		return n[0] == '4'
	case 15:
		return n[:2] == "34" || n[:2] == "37"
	case 16:
		return n[0] == '4' || four >= 5100 && four <= 5599 || four >= 2221 && four <= 2720 ||
			n[:2] == "60" || n[:2] == "65" || n[:2] == "81" || n[:2] == "82" || n[:3] == "508" || n[:3] == "353" || n[:3] == "356"
	}
	return false
}
