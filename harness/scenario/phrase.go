package scenario

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"sync"

	"assay/harness/android"
)

// phrasesTable is what the dialog's sentence says of the permissions that it asks
// for. In a language that is not there, a dialog cannot be told from another by what
// it shows, and is taken for none.
//
//go:embed phrases.tsv
var phrasesTable string

// phrase is one sentence of a dialog.
type phrase struct {
	sentence *regexp.Regexp // with the app's own label, and the handset's name, left open
	asks     []android.Permission
}

var phrases = sync.OnceValue(func() []phrase {
	var all []phrase
	for _, w := range table(phrasesTable) {
		sentence := regexp.QuoteMeta(plain(w[3]))
		for _, open := range []string{`%1\$s`, `%2\$s`} {
			sentence = strings.ReplaceAll(sentence, open, "(?:.+)")
		}
		all = append(all, phrase{regexp.MustCompile("^" + sentence + "$"), groups[w[0]]})
	}
	return all
})

// groups are the permissions that one sentence asks for, by the word with which the
// names of its strings end. Up to Android 8 the calls' log went with the phone.
var groups = map[string][]android.Permission{
	"activityRecognition": names("ACTIVITY_RECOGNITION"),
	"calendar":            names("READ_CALENDAR", "WRITE_CALENDAR"),
	"calllog":             names("READ_CALL_LOG", "WRITE_CALL_LOG", "PROCESS_OUTGOING_CALLS"),
	"camera":              names("CAMERA"),
	"coarselocation":      location,
	"contacts":            names("READ_CONTACTS", "WRITE_CONTACTS", "GET_ACCOUNTS"),
	"fineupgrade":         location,
	"location":            location,
	"microphone":          names("RECORD_AUDIO"),
	"more_photos":         pictures,
	"nearby_devices":      names("BLUETOOTH_SCAN", "BLUETOOTH_CONNECT", "BLUETOOTH_ADVERTISE", "NEARBY_WIFI_DEVICES", "UWB_RANGING"),
	"notifications":       names("POST_NOTIFICATIONS"),
	"phone": append(names("READ_PHONE_STATE", "READ_PHONE_NUMBERS", "CALL_PHONE", "ANSWER_PHONE_CALLS", "ACCEPT_HANDOVER", "USE_SIP",
		"READ_CALL_LOG", "WRITE_CALL_LOG", "PROCESS_OUTGOING_CALLS"), "com.android.voicemail.permission.ADD_VOICEMAIL"),
	"read_media_aural":  names("READ_MEDIA_AUDIO"),
	"read_media_visual": pictures,
	"sensors":           names("BODY_SENSORS", "BODY_SENSORS_BACKGROUND"),
	"sms":               names("SEND_SMS", "RECEIVE_SMS", "READ_SMS", "RECEIVE_MMS", "RECEIVE_WAP_PUSH", "READ_CELL_BROADCASTS"),
	"storage":           storage,
	"storage_isolated":  storage,
	"storage_pre_q":     storage,
	"storage_q_to_s":    storage,
}

var (
	location = names("ACCESS_FINE_LOCATION", "ACCESS_COARSE_LOCATION", "ACCESS_BACKGROUND_LOCATION")
	pictures = names("READ_MEDIA_IMAGES", "READ_MEDIA_VIDEO", "READ_MEDIA_VISUAL_USER_SELECTED", "ACCESS_MEDIA_LOCATION")
	storage  = names("READ_EXTERNAL_STORAGE", "WRITE_EXTERNAL_STORAGE", "ACCESS_MEDIA_LOCATION")
)

func names(short ...string) []android.Permission {
	all := make([]android.Permission, len(short))
	for i, s := range short {
		all[i] = android.Permission("android.permission." + s)
	}
	return all
}

// mostSentence is the longest that is read of a dialog's sentence, in bytes.
const mostSentence = 2000

// asks says what the dialog asks for; nothing where it does not say so in words
// that assay knows. A sentence counts as a whole: the app's own label stands in it
// where Android's template has it, and says nothing, whatever it is. One that fits
// two templates which ask for different things is not understood.
func (d dialog) asks() []android.Permission {
	if len(d.message) > mostSentence {
		return nil
	}
	message := plain(d.message)
	var asks []android.Permission
	for _, p := range phrases() {
		if !p.sentence.MatchString(message) {
			continue
		}
		if asks != nil && !slices.Equal(asks, p.asks) {
			return nil
		}
		asks = p.asks
	}
	return asks
}

// related says whether one sentence can ask for both permissions.
func related(a, b android.Permission) bool {
	for _, group := range groups {
		if slices.Contains(group, a) && slices.Contains(group, b) {
			return true
		}
	}
	return false
}

// plain gives a text's words alone: without what steers the direction of writing,
// with one kind of space and of apostrophe.
func plain(text string) string {
	return strings.Join(strings.Fields(plainer.Replace(text)), " ")
}

var plainer = strings.NewReplacer("’", "'", "‘", "'", "\u200b", "", "\u200c", "", "\u200d", "", "\u200e", "", "\u200f", "", "\u2060", "",
	"\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "", "\u202a", "", "\u202b", "", "\u202c", "", "\u202d", "", "\u202e", "", "\ufeff", "")
