package leak

var ssid = Detector{
	Name:     "ssid",
	About:    "the name of a Wi-Fi network, as WifiInfo and wpa_supplicant print it",
	Gate:     "behind ssid: or in quotes behind ssid=; not Android's <unknown ssid>; possible, for nothing but the word tells",
	triggers: trigger{words: []string{` ssid: `, ` ssid="`, ` ssid='`}},
	find: func(text []byte, _, start int, found []span) []span {
		quote := text[start-1]
		if quote == ' ' {
			quote = ','
			if start < len(text) && text[start] == '"' {
				quote, start = '"', start+1
			}
		}
		end := start
		for end < len(text) && text[end] != quote && text[end] >= ' ' && end-start <= 32 {
			end++
		}
		name := string(text[start:end])
		if end == start || end-start > 32 || end == len(text) && quote != ',' || name[0] == '<' || name == "null" || name == "none" {
			return found
		}
		return append(found, span{start, end, "ssid", Possible, "plain", name})
	},
}
