package leak

import "bytes"

var number = Detector{
	Name:     "number",
	About:    "an Indian mobile number: ten digits from 6 to 9, with or without +91, 0091, 91 or 0",
	Gate:     "+91, or beside a word such as phone, dest or msisdn; probable with both",
	triggers: trigger{runs: [2]int{5, 14}},
	find: func(text []byte, start, end int, found []span) []span {
		first, last := start, end
		code := false // the country code is there, and can be nothing else
		switch b := text[start:end]; {
		case len(b) == 5: // 98765 43210
			last = end + 6
			if last > len(text) || text[end] != ' ' && text[end] != '-' || digitAt(text, last) || !allDigits(text[end+1:last]) {
				return found
			}
			if code = bytes.HasSuffix(text[:start], []byte("+91 ")) || bytes.HasSuffix(text[:start], []byte("+91-")); code {
				first = start - 4
			}
		case len(b) == 10:
			code = bytes.HasSuffix(text[:start], []byte("+91-")) || bytes.HasSuffix(text[:start], []byte("+91 "))
			if code {
				first = start - 4
			}
		case len(b) == 11 && b[0] == '0':
		case len(b) == 12 && b[0] == '9' && b[1] == '1':
			code = start > 0 && text[start-1] == '+' || bytes.HasSuffix(text[:start], []byte("%2B"))
		case len(b) == 14 && bytes.HasPrefix(b, []byte("0091")):
			code = true
		default:
			return found
		}
		if !mobile(text, start, end) || !alone(text, first, last) {
			return found
		}
		words := near(text, first, last, numberWords)
		if !code && !words {
			return found
		}
		certainty := Possible
		if code && words {
			certainty = Probable
		}
		value := digitsOf(text[first:last])
		return append(found, span{first, last, "number", certainty, "plain", "91" + value[len(value)-10:]})
	},
}

var numberWords = newVocabulary(
	"phone", "phonenumber", "mobile", "msisdn", "dest", "destination", "number", "caller", "callee", "dial", "tel",
	"sms", "text", "line1", "line1number", "contact", "whatsapp", "sendto", "smsto",
)

// mobile says whether the subscriber's ten digits begin as India's mobile numbers
// do. The run of digits text[start:end] is all ten, or their first five, or has
// the country code in front.
func mobile(text []byte, start, end int) bool {
	if end-start > 10 {
		start = end - 10
	}
	return text[start] >= '6'
}

func allDigits(b []byte) bool {
	for _, c := range b {
		if !isDigit(c) {
			return false
		}
	}
	return true
}
