package packages

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/printout"
)

// PermissionXML reads the image's files of permissions and exemptions.
var PermissionXML = printout.Parser{
	Source: "permission-xml",
	Parse:  parsePermissionXML,
	Needs: "files of etc/permissions, etc/default-permissions and etc/sysconfig below @@ file PATH: " +
		"com/android/server/SystemConfig.java readPermissionsFromXml (services/core, 16; Android 5 to 15 not read there) and " +
		"services/core com/android/server/pm/permission/DefaultPermissionGrantPolicy.java, 16; " +
		"makers' elements after their published firmware; from source only",
}

// xmlLists reads one file after another.
type xmlLists struct {
	*printout.Lines
	emit   printout.Emit
	names  printout.Names
	files  int
	denied mishaps
	broken mishaps
}

// mishaps counts the files or folders that could not be read.
type mishaps struct {
	count int
	first string
}

func (m *mishaps) add(path string) {
	if m.count++; m.count == 1 {
		m.first = path
	}
}

func parsePermissionXML(in printout.Input, emit printout.Emit) error {
	x := &xmlLists{Lines: in.Lines, emit: emit}
	dir := ""
	for x.Next() {
		t := x.Text()
		switch {
		case len(bytes.TrimSpace(t)) == 0:
			x.Skip()
		case bytes.HasPrefix(t, []byte("@@ dir /")):
			dir = string(t[len("@@ dir "):])
			x.Read()
		case bytes.HasPrefix(t, []byte("@@ file /")):
			dir = ""
			x.Read()
			x.files++
			x.file(string(t[len("@@ file "):]))
		case string(t) == "@@ end":
			dir = ""
			x.Read()
		case dir != "" && bytes.HasSuffix(t, []byte(android.NoSuchFile)):
			x.Skip() // not every handset has every partition
		case dir != "" && bytes.HasSuffix(t, []byte(android.NoEntry)):
			x.denied.add(dir)
			x.Read()
		default:
			x.Settle()
		}
	}
	x.account()
	return nil
}

// account sets the coverage if files could not be read, or not to their end.
func (x *xmlLists) account() {
	switch {
	case x.denied.count > 0 && x.denied.count >= x.files:
		x.Cover(evidence.Coverage{State: evidence.Denied, Reason: "permission denied, first for " + x.denied.first})
	case x.denied.count > 0:
		x.Cut(fmt.Sprintf("permission denied for %d files or folders of %d files, first for %s", x.denied.count, x.files, x.denied.first))
	case x.broken.count > 0:
		x.Cut(fmt.Sprintf("%d of %d files are no XML to their end, first %s", x.broken.count, x.files, x.broken.first))
	}
}

// file reads the lines up to the next heading as the XML of one file. If the XML is broken in one
// place, what stands before that place counts, as it does for Android.
func (x *xmlLists) file(path string) {
	if len(path) > printout.LongestName {
		path = path[:printout.LongestName]
	}
	text := &xmlText{lists: x, first: true}
	reader := xmlReader{xmlText: text, path: path}
	d := xml.NewDecoder(text)
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for {
		from := x.Span()
		if text.first {
			from.Line = 0
		}
		token, err := d.RawToken()
		if err != nil {
			if !errors.Is(err, io.EOF) || reader.depth > 0 {
				reader.fail()
			}
			return
		}
		if from.Line == 0 {
			from = text.start
		}
		if !reader.token(token, printout.JoinSpans(from, x.Span())) {
			reader.fail()
			return
		}
		text.settle()
	}
}

// fail counts the rest of a file as unread.
func (r *xmlReader) fail() {
	switch {
	case r.refused:
		r.lists.denied.add(r.path)
	default:
		r.lists.broken.add(r.path)
		r.strange()
	}
	for r.advance() {
		r.bad = true
	}
}

// mostToken is the longest token, such as a comment, in bytes.
const mostToken = 64 << 10

var errToken = errors.New("a token has no end")

// xmlText gives the lines of one file to a decoder byte by byte, so that the decoder never reads
// beyond the line that a fact is about to be read from.
type xmlText struct {
	lists *xmlLists
	first bool // no line is given yet
	start evidence.Span
	text  []byte
	at    int
	ended bool
	taken int             // bytes of the token that is being read
	left  []evidence.Span // the lines of the token that are at their end
	bad   bool            // the line has something that is not known

	refused bool
}

// ReadByte gives the next byte. In place of a byte beyond ASCII, which no name has, it gives a
// question mark.
func (t *xmlText) ReadByte() (byte, error) {
	if t.taken++; t.taken > mostToken {
		return 0, errToken
	}
	if t.at > len(t.text) || t.first {
		if !t.advance() {
			return 0, io.EOF
		}
	}
	t.at++
	if t.at > len(t.text) {
		return '\n', nil
	}
	if b := t.text[t.at-1]; b < 0x80 {
		return b, nil
	}
	return '?', nil
}

// Read is for a decoder that finds a character set named in the XML.
func (t *xmlText) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := t.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}

// advance goes on to the next line of the file, and closes the account of the one before. It is
// false at the next heading.
func (t *xmlText) advance() bool {
	l := t.lists.Lines
	if t.ended {
		return false
	}
	switch {
	case t.first || t.bad:
	case len(bytes.TrimSpace(t.text)) == 0:
		l.Skip()
	default:
		l.Read()
		t.left = append(t.left, l.Span())
	}
	if !l.Next() {
		t.ended = true
		return false
	}
	line := l.Text()
	if bytes.HasPrefix(line, []byte("@@ dir /")) || bytes.HasPrefix(line, []byte("@@ file /")) || string(line) == "@@ end" {
		l.Back()
		t.ended = true
		return false
	}
	if t.first {
		t.first, t.start = false, l.Span()
		t.refused = bytes.HasSuffix(line, []byte(android.NoEntry)) && !bytes.HasPrefix(line, []byte("<"))
	}
	t.text, t.at, t.bad = line, 0, false
	return true
}

// settle begins another token.
func (t *xmlText) settle() { t.taken, t.left = 0, t.left[:0] }

// strange counts the lines of the token as unread.
func (t *xmlText) strange() {
	for _, span := range t.left {
		t.lists.Lose(span)
	}
	t.left = t.left[:0]
	t.bad = true
}
