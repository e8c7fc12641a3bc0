package phone

import (
	"strings"

	"assay/harness/virtual/fault"
)

// LogLevels are the letters of the log's levels, the least first, and S for silent.
const LogLevels = "VDIWEFS"

// fate is what becomes of an entry.
type fate int

const (
	kept      fate = iota
	discarded      // logd threw it away, and counts it as written (LogBuffer::log)
	unwritten      // never reached logd
)

// write writes an entry, unless the handset's state keeps it out of the log.
func (h *Handset) write(e LogEntry) {
	switch h.fateOf(e) {
	case kept:
		h.Log.add(e)
	case discarded:
		h.Log.tally(e)
	}
}

func (h *Handset) fateOf(e LogEntry) fate {
	if h.effects.logOff {
		return unwritten
	}
	level := h.logLevel(e.Tag)
	switch {
	case level == 0, level == fault.MakersLevel && e.UID%100000 < 10000:
		return kept
	case level == fault.MakersLevel:
		return unwritten
	case strings.IndexByte(LogLevels, e.Level) < strings.IndexByte(LogLevels, level):
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
	props := h.State.Properties
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
func (h *Handset) filterLog(f fault.Fault, begin bool) {
	key, value, err := f.LogProperty()
	if err != nil {
		return // fault.Parse refuses it
	}
	if begin {
		if h.effects.filters == nil {
			h.effects.filters = map[string]string{}
		}
		h.effects.filters[key], h.State.Properties[key] = value, value
	} else if delete(h.effects.filters, key); h.properties()[key] != "" {
		h.State.Properties[key] = h.properties()[key]
	} else {
		delete(h.State.Properties, key)
	}
	h.sinceBoot(begin)
}

// sinceBoot has what a fault keeps out of the log be out of it from the first
// entry on, where nobody has used the handset before it.
func (h *Handset) sinceBoot(begin bool) {
	if begin && h.faults.Services() == 0 {
		h.Log.again(h.fateOf)
	}
}

// tally counts an entry as written that logd threw away.
func (r *Log) tally(e LogEntry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ever[e.Buffer] = r.ever[e.Buffer].plus(e)
}

// again writes all entries once more.
func (r *Log) again(become func(LogEntry) fate) {
	r.mu.Lock()
	defer r.mu.Unlock()
	entries := r.entries
	r.entries, r.ever = nil, map[string]LogSize{}
	for _, e := range entries {
		to := become(e)
		if to != unwritten {
			r.ever[e.Buffer] = r.ever[e.Buffer].plus(e)
		}
		if to == kept {
			r.entries = append(r.entries, e)
		}
	}
}
