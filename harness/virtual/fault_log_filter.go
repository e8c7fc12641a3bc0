package virtual

import (
	"fmt"
	"strings"
)

// makersLevel is no level of Android's. Images of several makers have it in
// log.tag or persist.log.tag (Infinix, MagicOS, MIUI, vivo): what apps write then
// never gets to the log, and what the system writes does, at any level.
const makersLevel = 'M'

// fate is what becomes of an entry.
type fate int

const (
	kept      fate = iota
	discarded      // logd threw it away, and counts it as written (LogBuffer::log)
	unwritten      // never reached logd
)

// write writes an entry, unless the handset's state keeps it out of the log.
func (h *Handset) write(e logEntry) {
	switch h.fateOf(e) {
	case kept:
		h.log.add(e)
	case discarded:
		h.log.tally(e)
	}
}

func (h *Handset) fateOf(e logEntry) fate {
	if h.ills.logOff {
		return unwritten
	}
	level := h.logLevel(e.tag)
	switch {
	case level == 0, level == makersLevel && e.uid%100000 < 10000:
		return kept
	case level == makersLevel:
		return unwritten
	case strings.IndexByte(logLevels, e.level) < strings.IndexByte(logLevels, level):
		return discarded
	}
	return kept
}

// logLevel is the least level that properties let through for a tag, 'M', or 0
// where they say nothing. The first letter counts, and what is said of the tag
// before what is said of all (liblog/properties.cpp, __android_log_level, which
// logd asks since Android 6).
func (h *Handset) logLevel(tag string) byte {
	if h.persona.SDK < 23 {
		return 0
	}
	props := h.state.props
	for _, key := range []string{"persist.log.tag." + tag, "log.tag." + tag} {
		if props[key] != "" {
			if level := levelOf(props[key]); level != 0 && level != makersLevel {
				return level
			}
			break
		}
	}
	for _, key := range []string{"persist.log.tag", "log.tag"} {
		if props[key] != "" {
			return levelOf(props[key])
		}
	}
	return 0
}

// levelOf reads a property's value; 0: it is no level.
func levelOf(value string) byte {
	switch {
	case value == "":
		return 0
	case strings.EqualFold(value, "false"):
		return 'S'
	}
	switch letter := strings.ToUpper(value[:1])[0]; letter {
	case 'A':
		return 'F'
	case 'V', 'D', 'I', 'W', 'E', 'F', 'S', makersLevel:
		return letter
	}
	return 0
}

// logProperty is the property that a fault sets, and its value.
func (f Fault) logProperty() (key, value string, err error) {
	key, value, named := strings.Cut(f.What, "=")
	if !named {
		key, value = "log.tag", f.What
	}
	bare := strings.TrimPrefix(key, "persist.")
	switch {
	case bare != "log.tag" && (!strings.HasPrefix(bare, "log.tag.") || bare == "log.tag."):
		return "", "", fmt.Errorf("%q filters no log; there are log.tag and persist.log.tag, and either with .TAG", key)
	case levelOf(value) == 0:
		return "", "", fmt.Errorf("%q is no level of a log; there are V, D, I, W, E, F and S, and the makers' M", value)
	}
	return key, value, nil
}

// filterLog sets a property that filters the log, or puts it back.
func (h *Handset) filterLog(f Fault, begin bool) {
	key, value, err := f.logProperty()
	if err != nil {
		return // ParseFault refuses it
	}
	if begin {
		if h.ills.filters == nil {
			h.ills.filters = map[string]string{}
		}
		h.ills.filters[key], h.state.props[key] = value, value
	} else if delete(h.ills.filters, key); h.properties()[key] != "" {
		h.state.props[key] = h.properties()[key]
	} else {
		delete(h.state.props, key)
	}
	h.sinceBoot(begin)
}

// sinceBoot has what a fault keeps out of the log be out of it from the first
// entry on, where nobody has used the handset before it.
func (h *Handset) sinceBoot(begin bool) {
	h.faults.mu.Lock()
	opened := h.faults.opened
	h.faults.mu.Unlock()
	if begin && opened == 0 {
		h.log.again(h.fateOf)
	}
}

// tally counts an entry as written that logd threw away.
func (r *logRing) tally(e logEntry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ever[e.buffer] = r.ever[e.buffer].plus(e)
}

// again writes all entries once more.
func (r *logRing) again(become func(logEntry) fate) {
	r.mu.Lock()
	defer r.mu.Unlock()
	entries := r.entries
	r.entries, r.ever = nil, map[string]loss{}
	for _, e := range entries {
		to := become(e)
		if to != unwritten {
			r.ever[e.buffer] = r.ever[e.buffer].plus(e)
		}
		if to == kept {
			r.entries = append(r.entries, e)
		}
	}
}
