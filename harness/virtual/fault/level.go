package fault

import (
	"fmt"
	"strings"
)

// MakersLevel is no level of Android's. Images of several makers have it in
// log.tag or persist.log.tag (Infinix, MagicOS, MIUI, vivo): what apps write then
// never gets to the log, and what the system writes does, at any level.
const MakersLevel = 'M'

// LevelOf reads a property's value; 0: it is no level.
func LevelOf(value string) byte {
	switch {
	case value == "":
		return 0
	case strings.EqualFold(value, "false"):
		return 'S'
	}
	switch letter := strings.ToUpper(value[:1])[0]; letter {
	case 'A':
		return 'F'
	case 'V', 'D', 'I', 'W', 'E', 'F', 'S', MakersLevel:
		return letter
	}
	return 0
}

// LogProperty is the property that a fault sets, and its value.
func (f Fault) LogProperty() (key, value string, err error) {
	key, value, named := strings.Cut(f.What, "=")
	if !named {
		key, value = "log.tag", f.What
	}
	bare := strings.TrimPrefix(key, "persist.")
	switch {
	case bare != "log.tag" && (!strings.HasPrefix(bare, "log.tag.") || bare == "log.tag."):
		return "", "", fmt.Errorf("%q filters no log; there are log.tag and persist.log.tag, and either with .TAG", key)
	case LevelOf(value) == 0:
		return "", "", fmt.Errorf("%q is no level of a log; there are V, D, I, W, E, F and S, and the makers' M", value)
	}
	return key, value, nil
}
