package virtual

import (
	"strings"

	"assay/harness/virtual/fault"
)

const logLevels = "VDIWEFS"

// fate is what becomes of an entry.
type fate int

const (
	kept      fate = iota
	discarded      // logd threw it away, and counts it as written (LogBuffer::log)
	unwritten      // never reached logd
)

// write writes an entry, unless the handset's state keeps it out of the log.
func (h *PhoneHandset) write(e logEntry) {
	switch h.fateOf(e) {
	case kept:
		h.log.add(e)
	case discarded:
		h.log.tally(e)
	}
}

func (h *PhoneHandset) fateOf(e logEntry) fate {
	if h.effects.logOff {
		return unwritten
	}
	level := h.logLevel(e.tag)
	switch {
	case level == 0, level == fault.MakersLevel && e.uid%100000 < 10000:
		return kept
	case level == fault.MakersLevel:
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
func (h *PhoneHandset) logLevel(tag string) byte {
	if h.persona.SDK < 23 {
		return 0
	}
	props := h.state.props
	for _, key := range []string{"persist.log.tag." + tag, "log.tag." + tag} {
		if props[key] != "" {
			if level := fault.LevelOf(props[key]); level != 0 && level != fault.MakersLevel {
				return level
			}
			break
		}
	}
	for _, key := range []string{"persist.log.tag", "log.tag"} {
		if props[key] != "" {
			return fault.LevelOf(props[key])
		}
	}
	return 0
}

// filterLog sets a property that filters the log, or puts it back.
func (h *PhoneHandset) filterLog(f fault.Fault, begin bool) {
	key, value, err := f.LogProperty()
	if err != nil {
		return // fault.Parse refuses it
	}
	if begin {
		if h.effects.filters == nil {
			h.effects.filters = map[string]string{}
		}
		h.effects.filters[key], h.state.props[key] = value, value
	} else if delete(h.effects.filters, key); h.properties()[key] != "" {
		h.state.props[key] = h.properties()[key]
	} else {
		delete(h.state.props, key)
	}
	h.sinceBoot(begin)
}

// sinceBoot has what a fault keeps out of the log be out of it from the first
// entry on, where nobody has used the handset before it.
func (h *PhoneHandset) sinceBoot(begin bool) {
	if begin && h.faults.Services() == 0 {
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
