package adb

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"assay/harness/android"
)

// Row is one handset as host:devices-l lists it.
type Row struct {
	Serial      android.Serial
	State       string // device, unauthorized, offline, "no permissions (…)" …; see Err
	Path        string // of USB, such as usb:1-1.4; "" on the network
	Product     string // ro.product.name
	Model       string // ro.product.model, with _ for what is neither letter nor digit
	Device      string // ro.product.device
	TransportID int64  // good until the handset is unplugged or the server restarted; 0 where the server gives none
	Shared      bool   // another row has the same serial
}

// Devices lists the handsets that the server knows, in its order, in whatever
// state they are.
func (s *Server) Devices(ctx context.Context) ([]Row, error) {
	text, err := s.ask(ctx, "host:devices-l")
	if err != nil {
		return nil, fmt.Errorf("list handsets: %w", err)
	}
	return parseRows(text), nil
}

// noSerial is what a server prints for a handset whose serial is empty.
const noSerial = "(no serial number)"

// parseRows reads the answer to host:devices-l (transport.cpp append_transport,
// adb 28 to 36): serial, padded to 22, a state that may have blanks in it, then
// key:value pairs, those without a value left out.
func parseRows(text string) []Row {
	rows := []Row{}
	count := map[android.Serial]int{}
	for line := range strings.Lines(text) {
		if row, ok := parseRow(line); ok {
			rows = append(rows, row)
			count[row.Serial]++
		}
	}
	for i := range rows {
		rows[i].Shared = count[rows[i].Serial] > 1
	}
	return rows
}

// parseRow reads one line; it reports false for a blank one.
func parseRow(line string) (Row, bool) {
	line = strings.TrimSpace(line)
	if line == "" {
		return Row{}, false
	}
	serial, rest := line, ""
	if i := strings.IndexAny(line, " \t"); i >= 0 {
		serial, rest = line[:i], line[i:]
	}
	if after, ok := strings.CutPrefix(line, noSerial); ok {
		serial, rest = noSerial, after
	}
	row := Row{Serial: android.Serial(serial)}
	var state []string
	var value *string // the one last begun, to which a word without a key belongs
	for _, word := range strings.Fields(rest) {
		key, text, ok := strings.Cut(word, ":")
		switch ok = ok && isKey(key); {
		case ok:
			value = row.field(key, word, text)
		case value != nil:
			*value += " " + word
		default:
			state = append(state, word)
		}
	}
	row.State = strings.Join(state, " ")
	return row, true
}

// field sets what a key stands for, and gives its place.
func (r *Row) field(key, word, text string) *string {
	switch key {
	case "usb":
		r.Path = word // adb itself writes the key as part of the path
		return &r.Path
	case "product":
		r.Product = text
		return &r.Product
	case "model":
		r.Model = text
		return &r.Model
	case "device":
		r.Device = text
		return &r.Device
	case "transport_id":
		// Printed last, by the server itself: the last one counts, whatever a
		// handset smuggled into the names before it.
		if id, err := strconv.ParseInt(text, 10, 64); err == nil && id > 0 {
			r.TransportID = id
		}
	}
	return new(string)
}

// isKey says whether the text before a colon is an attribute's key, rather than
// part of a state such as "see [http://…]".
func isKey(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_") == ""
}
