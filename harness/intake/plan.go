package intake

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"assay/harness/evidence"
)

// plan says what is made of one file.
type plan struct {
	source  string // "": nothing
	subject string
	trimmed bool
	form    form
	why     string // where source is "": why it is not taken
	foreign bool   // by how it begins, whatever its name
}

// form is how a file holds its print-out.
type form int

const (
	plain    form = iota
	services      // a dumpsys of all services, or of several
	parts         // a dumpsys of the activity service alone, which is of many parts
	report        // a bugreport's text, or sections of one
	packed        // an archive
	wrapped       // Hubble's properties: in base64, in JSON
)

// planOf tells what a print-out is by how it begins, and by its name where that does
// not tell.
func planOf(name string, head []byte) plan {
	base, first := stem(name), firstByte(head)
	b := begun(head, SourceOf(name) != "")
	p := plan{source: SourceOf(name), subject: subjectOf(name)}
	switch {
	case bytes.HasPrefix(head, []byte(zipMagic)), bytes.HasPrefix(head, []byte(zipEmpty)):
		return plan{form: packed}
	case foreign(head) != "":
		return plan{why: foreign(head), foreign: true}
	case isReport(head), p.source == "" && isSections(head):
		return plan{source: "bugreport", form: report}
	case (p.source == "" || strings.HasPrefix(base, "dumpsys")) && ofServices(head):
		p.source, p.form = "dumpsys", services
	case b.source != "" && !agrees(p.source, b.source):
		p = b
	case base == "packages" && first == '{', base == "preinstalled_packages" && first == '{':
		return plan{source: "hubble-packages", trimmed: true}
	case base == "packages" && first == '[':
		return plan{source: "androidqf-packages", trimmed: true}
	case (base == "processes" || base == "ps") && first == '[':
		return plan{source: "androidqf-processes", trimmed: true}
	case base == "device_properties" && first == '{':
		return plan{source: "getprop", trimmed: true, form: wrapped}
	case p.source == "dumpsys-activity":
		p.form = parts
	case p.source == "ui-hierarchy":
		p.trimmed = true // uiautomator ends the file with a tag
	case p.source == "":
		p.why = "neither its name nor how it begins tells a source"
	}
	return p
}

// ofServices says whether dumpsys wrote headings between services, as it does
// when it is not asked for one alone.
func ofServices(head []byte) bool {
	return bytes.HasPrefix(head, []byte("DUMP OF SERVICE ")) || bytes.Contains(head, []byte("\nDUMP OF SERVICE "))
}

// firstByte gives the first byte that is no space; 0 where there is none.
func firstByte(head []byte) byte {
	head = bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(head) == 0 {
		return 0
	}
	return head[0]
}

// readInto reads one file into the sink. refused is the error of a file that was not
// read to its end for safety; what was read of it stands.
func (p plan) readInto(name string, in *reader, to Sink) (refused, err error) {
	switch p.form {
	case report:
		// What is cut out of a report does not show where its pieces end.
		return split(&splitter{name: name, to: to, ends: ends{sections: !isReport(in.head())}}, in)
	case services:
		return Services(name, in, to)
	case parts:
		return Parts(name, in, to)
	case wrapped:
		return nil, properties(name, in, to)
	}
	return copied(Piece{Source: p.source, Subject: p.subject, Origin: []string{name}, Trimmed: p.trimmed}, in, to)
}

// mostWrapped bounds Hubble's device_properties.txt; real ones have 50 KB.
const mostWrapped = 16 << 20

// encoded is where Hubble writes the properties.
const encoded = "encodedDevProps"

// properties unwraps what Hubble writes to device_properties.txt: the output of
// getprop, in base64, as the one encodedDevProps of a list in JSON.
func properties(name string, in io.Reader, to Sink) error {
	body, err := to.Begin(Piece{Source: "getprop", Origin: []string{name, encoded}, Trimmed: true})
	if err != nil {
		return err
	}
	broken := func(format string, args ...any) error {
		return to.End(evidence.Coverage{State: evidence.Truncated, Reason: fmt.Sprintf(format, args...)})
	}
	raw, err := io.ReadAll(io.LimitReader(in, mostWrapped))
	if err != nil {
		return broken("it could not be read: %v", err)
	}
	var file struct {
		List []struct {
			Encoded []byte `json:"encodedDevProps"`
		} `json:"b64EncodedDeviceProps"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		return broken("not the JSON that Hubble writes: %v", err)
	}
	if len(file.List) != 1 || len(file.List[0].Encoded) == 0 {
		return broken("it has no encodedDevProps: Hubble could not run getprop")
	}
	if _, err := body.Write(file.List[0].Encoded); err != nil {
		return err
	}
	return to.End(evidence.Coverage{State: evidence.Whole, Reason: "taken out of its base64"})
}
