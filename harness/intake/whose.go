package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"assay/harness/evidence"
)

// Whose gathers what names a handset in the text that is written to it: lines of
// getprop, [ro.product.model]: [X9]; of a build.prop, ro.product.model=X9; of
// dumpstate's header, Build fingerprint: 'vivo/PD1616/PD1616:…' (frameworks/native
// cmds/dumpstate/dumpstate.cpp, PrintHeader: ro.build.fingerprint). The zero value has
// been written nothing.
type Whose struct {
	// Image says that the text is a file of the image, of which the handset may say
	// otherwise when it has started: one name that is the same is enough.
	Image bool

	names map[string]string // by property
	both  string            // where the text names two handsets: how
	line  []byte
	long  bool // the line is none that names anything
}

// remedy says what to do with print-outs of several handsets.
const remedy = "import each handset's files into a run of its own: assay import PATH --out RUN"

var (
	said  = regexp.MustCompile(`^(?:\[(ro\.[a-z_.]+)\]: \[(.*)\]|(ro\.[a-z_.]+)=(.*)|Build fingerprint: '(.*)')$`)
	names = regexp.MustCompile(`^ro\.((boot\.)?serialno|product\.(model|brand|device))$`)
	// Of partitions: these count where nothing else does, as an image that several
	// handsets share may be another after an update.
	ofPartition = regexp.MustCompile(`^ro\.(product\.(odm|vendor|system|product)\.(model|brand|device)|` +
		`(odm|vendor|system|product)\.build\.fingerprint)$`)
)

const fingerprint = "ro.build.fingerprint"

// Write takes text in; it never fails.
func (w *Whose) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		line, more, ended := bytes.Cut(rest, []byte("\n"))
		rest = more
		if !w.long {
			w.line = append(w.line, line[:min(len(line), longestHeading+1)]...)
			w.long = len(w.line) > longestHeading
		}
		if ended {
			w.Close()
		}
	}
	return len(p), nil
}

// Close takes in a last line that has no end.
func (w *Whose) Close() {
	line := bytes.TrimSpace(bytes.TrimPrefix(w.line, []byte("\xef\xbb\xbf")))
	if !w.long {
		w.add(line)
	}
	w.line, w.long = w.line[:0], false
}

func (w *Whose) add(line []byte) {
	m := said.FindSubmatch(line)
	if m == nil {
		return
	}
	key, value := string(m[1])+string(m[3]), strings.TrimSpace(string(m[2])+string(m[4]))
	switch {
	case m[5] != nil:
		key, value = fingerprint, ofHandset(string(m[5]))
	case strings.HasSuffix(key, ".fingerprint"):
		value = ofHandset(value)
	}
	if key != fingerprint && !names.MatchString(key) && !ofPartition.MatchString(key) || nobody[strings.ToLower(value)] {
		return
	}
	// A file of an image may set a property again.
	if before, is := w.names[key]; is && !strings.EqualFold(before, value) && (m[3] == nil || key == fingerprint) {
		w.both = fmt.Sprintf("%s is %q and %q", key, before, value)
	}
	if w.names == nil {
		w.names = map[string]string{}
	}
	if _, is := w.names[key]; !is {
		w.names[key] = value
	}
}

// nobody has what stands for a name where a handset has none.
var nobody = map[string]bool{"": true, "unknown": true}

// ofHandset gives BRAND//DEVICE of BRAND/PRODUCT/DEVICE:RELEASE/ID/INCREMENTAL:TYPE/TAGS:
// what an update leaves as it is.
func ofHandset(fingerprint string) string {
	made, _, _ := strings.Cut(fingerprint, ":")
	parts := strings.Split(made, "/")
	if len(parts) != 3 {
		return ""
	}
	return parts[0] + "//" + parts[2]
}

// Named says whether anything named a handset.
func (w *Whose) Named() bool { return len(w.names) > 0 }

// Differs says how two texts name different handsets; "": they do not. Two of which
// nothing is told in both are taken for one's.
func (w *Whose) Differs(other *Whose) string {
	for _, own := range []bool{true, false} {
		shared, how := 0, []string{}
		for _, key := range slices.Sorted(maps.Keys(w.names)) {
			value, is := other.names[key]
			if !is || ofPartition.MatchString(key) == own || w.Image != other.Image && strings.HasSuffix(key, ".brand") {
				continue
			}
			if shared++; !strings.EqualFold(value, w.names[key]) {
				how = append(how, fmt.Sprintf("%s is %q, not %q", key, value, w.names[key]))
			}
		}
		switch {
		case len(how) > 0 && (w.Image == other.Image || len(how) == shared):
			return how[0]
		case shared > 0:
			return ""
		}
	}
	return ""
}

// Both says how the text in itself names two handsets; "": it does not.
func (w *Whose) Both() string { return w.both }

// Join has w know what other names too. What the handset says goes before its image.
func (w *Whose) Join(other *Whose) {
	if len(other.names) == 0 {
		return
	}
	first := w.names == nil
	if first {
		w.names = map[string]string{}
	}
	for key, value := range other.names {
		if _, is := w.names[key]; !is || w.Image && !other.Image {
			w.names[key] = value
		}
	}
	w.Image = other.Image && (first || w.Image)
}

// Naming says whether print-outs of a source name the handset.
func Naming(source string) bool {
	return source == "getprop" || source == ofImage || source == "dumpstate"
}

// ofImage is the source of files of the image.
const ofImage = "build-prop"

// asked is the sink that reads whose a print-out is, and ends with the first
// properties.
type asked struct {
	Whose
	at string
}

var errEnough = errors.New("whose it is was read")

func (a *asked) Begin(p Piece) (io.Writer, error) {
	a.at, a.Image = p.Source, p.Source == ofImage
	if !Naming(p.Source) {
		return io.Discard, nil
	}
	return &a.Whose, nil
}

func (a *asked) End(evidence.Coverage) error {
	a.Close()
	if a.at == "getprop" {
		return errEnough
	}
	return nil
}

// whose reads which handset a print-out is of. What cannot be read names none.
func (p planned) whose() *Whose {
	a := &asked{}
	in, err := p.read()
	if err != nil {
		return &a.Whose
	}
	defer in.Close()
	_, _ = p.readInto(p.name, in, a)
	return &a.Whose
}

// names says whether a file may name its handset.
func (p plan) names() bool { return p.form == report || Naming(p.source) }

// apart leaves what is of another handset than the first that is named, and, where
// there are several, what does not tell whose it is.
func (s *sorted) apart() {
	bearers := len(s.reports)
	for _, p := range s.taken {
		if p.names() {
			bearers++
		}
	}
	var first Whose
	firstFile := ""
	whose := map[string]*Whose{}
	others := map[string]string{} // why, by name
	for _, p := range slices.Concat(s.taken, s.reports) {
		if !p.names() || p.form == report && bearers < 2 {
			continue
		}
		w := p.whose()
		whose[p.name] = w
		switch how := first.Differs(w); {
		case w.Both() != "":
			others[p.name] = fmt.Sprintf("it is of two handsets (%s): %s", w.Both(), remedy)
		case how != "":
			others[p.name] = fmt.Sprintf("it is of another handset than %s (%s): %s", firstFile, how, remedy)
		case w.Named() && firstFile == "":
			firstFile = p.name
			fallthrough
		default:
			first.Join(w)
		}
	}
	if len(others) == 0 {
		return
	}
	keep := func(p planned) bool {
		why, is := others[p.name]
		if !is && (whose[p.name] == nil || !whose[p.name].Named()) {
			why, is = "print-outs of several handsets stand beside it, and nothing in it tells whose it is: "+remedy, true
		}
		if is {
			s.left = append(s.left, reason{p.name, errors.New(why)})
		}
		return !is
	}
	s.taken, s.reports = kept(s.taken, keep), kept(s.reports, keep)
}

// kept gives those that are to be kept.
func kept(all []planned, keep func(planned) bool) []planned {
	return slices.DeleteFunc(all, func(p planned) bool { return !keep(p) })
}
