package android

import (
	"strings"
	"sync"
)

// Says is what a phrase of Android's tools and services says of the print-out that
// it stands in.
type Says string

// What phrases say. The zero value is of a line that is none.
const (
	SaysNothing     Says = ""
	SaysDenied      Says = "denied"      // who asked may not
	SaysUnsupported Says = "unsupported" // there is no such service, command or option
	SaysAbsent      Says = "absent"      // there is no such file
	SaysPassedOver  Says = "passed over" // an argument is unknown: what would be printed without it may follow
	SaysNone        Says = "none"        // what was asked about is not there
	SaysTimedOut    Says = "timed out"   // a dump or a command took too long: what came is a part
	SaysBroken      Says = "broken"      // a dump or a command broke off: what came is a part
	SaysDown        Says = "down"        // Android's services do not run: the handset boots or restarts
	SaysLess        Says = "less"        // the handset does not keep all that was asked for
	SaysHarmless    Says = "harmless"    // the command does what it should
)

// Phrase is a sentence of a tool or a service, as some releases word it. A line is
// one that begins with Starts, holds Holds and ends with Ends, as far as each is given.
type Phrase struct {
	Says                Says
	Starts, Holds, Ends string
	// Alone marks words that are a complaint in an answer of nothing else, and may be
	// data in a longer print-out.
	Alone    bool
	From, To int    // the SDKs that print it; 0: no bound
	Source   string // what prints it
}

// Said gives the phrase that a line is, if it is one: a line of a print-out, without
// its end, that no parser knows.
func Said(line string) (Phrase, bool) { return said(line, false) }

// SaidAlone gives the phrase that a line is, in an answer that is nothing but a
// complaint: a short one, or what came on the standard error.
func SaidAlone(line string) (Phrase, bool) { return said(line, true) }

func said(line string, alone bool) (Phrase, bool) {
	if line == "" {
		return Phrase{}, false
	}
	table := phrasesInPrint()
	if alone {
		table = phrasesAlone()
	}
	for _, p := range table[line[0]] {
		if !p.in(line) {
			continue
		}
		said := *p
		if (p.Says == SaysBroken || p.Says == SaysUnsupported) && strings.Contains(line, "ermission denied") {
			said.Says = SaysDenied // the reason stands behind what broke off
		}
		return said, true
	}
	return Phrase{}, false
}

// phrasesByFirst are phrases in their order, by the byte that a line begins with which
// may be one: most lines of a print-out are none, and begin with another byte.
type phrasesByFirst [256][]*Phrase

var (
	phrasesInPrint = sync.OnceValue(func() *phrasesByFirst { return sortPhrases(false) })
	phrasesAlone   = sync.OnceValue(func() *phrasesByFirst { return sortPhrases(true) })
)

func sortPhrases(alone bool) *phrasesByFirst {
	by := new(phrasesByFirst)
	for at := range Phrases {
		p := &Phrases[at]
		if p.Alone && !alone {
			continue
		}
		for first := range by {
			if p.Starts == "" || int(p.Starts[0]) == first {
				by[first] = append(by[first], p)
			}
		}
	}
	return by
}

func (p Phrase) in(line string) bool {
	return strings.HasPrefix(line, p.Starts) && strings.Contains(line, p.Holds) && strings.HasSuffix(line, p.Ends)
}

// SaysOf is Said without the phrase.
func SaysOf(line string) Says {
	p, _ := Said(line)
	return p.Says
}

// TimedOut gives the line of a text by which dumpsys tells that a service did not end
// its dump within the time that it has, if there is one; the exit status is 0.
func TimedOut(text string) (line string, ok bool) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if p, ok := Said(line); ok && p.Says == SaysTimedOut && p.Source == dumpsysSource {
			return line, true
		}
	}
	return "", false
}

// Words of the table that are also looked for within a line, or in many lines.
const (
	DumpBroke  = "Exception occurred while dumping:" // what stands behind it is the service's exception
	NoSuchFile = "No such file or directory"         // behind the tool and the file
	NoEntry    = "Permission denied"                 // behind the tool and the file: ls: X: …; toolbox: opendir failed, …
	noService  = "Can't find service: "              // before a service, behind the tool or not
)

// DumpPhrases are the phrases that dumpsys, and services that it asks, print in place
// of a dump; each has Starts.
func DumpPhrases() []Phrase {
	var all []Phrase
	for _, p := range Phrases {
		if p.Starts != "" && (p.Source == dumpsysSource || p.Source == binderSource || p.Source == servicesSource) {
			all = append(all, p)
		}
	}
	return all
}

// MissingService gives the service that a text says is not there, if it does.
func MissingService(text string) (service string, ok bool) {
	_, rest, ok := strings.Cut(text, noService)
	service, _, _ = strings.Cut(rest, "\n")
	return strings.TrimSpace(service), ok
}

// Down says whether a line of a text tells that Android's services do not run.
func Down(text string) bool {
	for line := range strings.Lines(text) {
		if p, ok := SaidAlone(strings.TrimSpace(line)); ok && p.Says == SaysDown {
			return true
		}
	}
	return false
}
