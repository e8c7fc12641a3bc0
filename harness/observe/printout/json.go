package printout

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"assay/harness/evidence"
)

// JSONMark is what becomes of the line that a JSON token stands on. Of several
// tokens on one line the highest counts: a line is unread where any part is.
type JSONMark int

// What becomes of a line, the weakest first.
const (
	JSONPass JSONMark = iota // it is skipped: known, and without interest
	JSONTake                 // it is read
	JSONLost                 // it is unread
)

// JSONEvent is one value, or the begin or end of an object or array.
type JSONEvent struct {
	Path  []string      // the keys that lead to it; "" for an array's element
	Token json.Token    // a Delim, string, json.Number, bool or nil
	Line  evidence.Span // where it stands
	Whole evidence.Span // at an end: from the line of its begin to this one
}

// DeepestJSON bounds the nesting; the files that are read have six levels.
const DeepestJSON = 40

// jsonLines reads JSON from lines, as pretty-printers write it, in memory
// bounded by the longest line. Strings hold no line ends in JSON, so a token
// never spans lines.
type jsonLines struct {
	lines   *Lines
	decoder *json.Decoder
	line    []byte   // with its end
	given   int      // how much of it the decoder has
	worst   JSONMark // of the line
	stack   []jsonLevel
	event   JSONEvent
}

type jsonLevel struct {
	object bool
	key    bool // an object's next token is a key
	at     evidence.Span
}

// WalkRecords reads a list of objects: it calls begin and end for each object, and field
// for each token within one. A line with anything else is unread.
func WalkRecords(l *Lines, begin func(), field, end func(*JSONEvent) JSONMark) {
	WalkJSON(l, func(e *JSONEvent) JSONMark {
		switch {
		case len(e.Path) == 0:
			if e.Token != json.Delim('[') && e.Token != json.Delim(']') {
				return JSONLost
			}
			return JSONTake
		case len(e.Path) > 1 && e.Path[0] == "":
			return field(e)
		case len(e.Path) > 1:
			return JSONLost
		case e.Token == json.Delim('{'):
			begin()
			return JSONTake
		case e.Token == json.Delim('}'):
			return end(e)
		}
		return JSONLost
	})
}

// WalkJSON calls visit for each token of one JSON value. What follows the value is unread,
// and so is everything from the first error on; the coverage says so.
func WalkJSON(l *Lines, visit func(*JSONEvent) JSONMark) {
	j := &jsonLines{lines: l}
	j.decoder = json.NewDecoder(j)
	j.decoder.UseNumber()
	for {
		token, err := j.decoder.Token()
		if err == nil {
			err = j.token(token, visit)
		}
		switch {
		case err == nil && len(j.stack) == 0:
			j.afterwards()
			return
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			if l.Span().Line > 0 {
				l.Cut("the JSON is not closed")
			}
			return
		case err != nil:
			j.broken()
			return
		}
	}
}

// Read gives the decoder the rest of the line, or the next one. The decoder
// asks only once it has used up the one before.
func (j *jsonLines) Read(p []byte) (int, error) {
	if j.given == len(j.line) {
		if !j.lines.Next() {
			return 0, io.EOF
		}
		j.worst = JSONPass
		j.lines.Skip()
		j.line, j.given = append(append(j.line[:0], j.lines.Text()...), '\n'), 0
	}
	n := copy(p, j.line[j.given:])
	j.given += n
	return n, nil
}

func (j *jsonLines) token(token json.Token, visit func(*JSONEvent) JSONMark) error {
	delim, _ := token.(json.Delim)
	if delim == '}' || delim == ']' {
		top := j.stack[len(j.stack)-1]
		j.stack = j.stack[:len(j.stack)-1]
		j.event.Path = j.event.Path[:len(j.stack)]
		j.say(token, JoinSpans(top.at, j.lines.Span()), visit)
		j.valued()
		return nil
	}
	if top := len(j.stack) - 1; top >= 0 && j.stack[top].key {
		j.stack[top].key = false
		j.event.Path[top] = token.(string)
		return nil
	}
	j.say(token, j.lines.Span(), visit)
	if delim == 0 {
		j.valued()
		return nil
	}
	if len(j.stack) == DeepestJSON {
		return errors.New("nested too deeply")
	}
	j.stack = append(j.stack, jsonLevel{object: delim == '{', key: delim == '{', at: j.lines.Span()})
	j.event.Path = append(j.event.Path, "")
	return nil
}

// valued goes on to the next key of the object that a value stood in.
func (j *jsonLines) valued() {
	if top := len(j.stack) - 1; top >= 0 {
		j.stack[top].key = j.stack[top].object
	}
}

func (j *jsonLines) say(token json.Token, whole evidence.Span, visit func(*JSONEvent) JSONMark) {
	j.event.Token, j.event.Line, j.event.Whole = token, j.lines.Span(), whole
	j.worst = max(j.worst, visit(&j.event))
	switch j.worst {
	case JSONTake:
		j.lines.Read()
	case JSONLost:
		j.lines.Unmark()
	}
}

// afterwards goes through what follows the value, on its last line too.
func (j *jsonLines) afterwards() {
	behind, err := io.ReadAll(io.LimitReader(j.decoder.Buffered(), longest))
	if err != nil || len(bytes.TrimSpace(behind)) > 0 {
		j.lines.Unmark()
	}
	j.remaining()
}

func (j *jsonLines) remaining() {
	for j.lines.Next() {
		j.lines.Settle()
	}
}

// broken goes through what follows an error, its own line first.
func (j *jsonLines) broken() {
	if j.lines.Span().Line > 0 {
		j.lines.Unmark()
		j.lines.Settle()
	}
	j.remaining()
	if !j.lines.Covered() {
		j.lines.Cut("it is not JSON throughout")
	}
}
