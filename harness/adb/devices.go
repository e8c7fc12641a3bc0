package adb

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"assay/harness/android"
)

// Row is one handset as host:devices-l lists it.
type Row struct {
	Serial      android.Serial
	State       string // device, unauthorized, offline, "no permissions (…)" …; see Err
	Path        string // of USB, as Port writes it: usb:1-1.4; "" on the network
	Product     string // ro.product.name
	Model       string // ro.product.model, with _ for what is neither letter nor digit
	Device      string // ro.product.device
	TransportID int64  // good until the handset is unplugged or the server restarted; 0 where the server gives none
	Shared      bool   // another row has the same serial
}

// Remote says that no cable leads to the handset: it is on the network, or an
// emulator. A server that tells no paths leaves that to the serial: host:port, a name
// of mDNS (mdns_tracker.cpp, adb 30 on), or an emulator's.
func (r Row) Remote() bool {
	serial := string(r.Serial)
	_, port, err := net.SplitHostPort(serial)
	_, bad := strconv.ParseUint(port, 10, 16)
	return r.Path == "" && (err == nil && bad == nil || strings.HasSuffix(serial, "._tcp") || strings.HasPrefix(serial, "emulator-"))
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

// parseRows reads the answer to host:devices-l (transport.cpp append_transport, adb
// 28 to 37): serial, padded to 22; a state; a path of USB, where there is one; then
// product:, model:, device: and transport_id:, those without a value left out.
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

// parseRow reads one line; it reports false for a blank one. Serial, product and
// device may hold blanks, and words that are states: the handset's maker, or whoever
// gave it a name on the network, chose them. So the state is looked for, and what
// stands before it is the serial, whole.
func parseRow(line string) (Row, bool) {
	line = strings.TrimRight(line, "\r\n")
	if strings.TrimSpace(line) == "" {
		return Row{}, false
	}
	at, end := findState(line)
	if at < 0 {
		return strangeRow(line), true
	}
	row := Row{Serial: android.Serial(strings.TrimRight(line[:at], " \t")), State: line[at:end]}
	row.attributes(line[end:])
	return row, true
}

// padded is how wide a server makes a serial that is shorter; longestSerial is more
// than any is long: USB's has 126 characters, a host name 253 bytes.
const (
	padded        = 22
	longestSerial = 512
)

// findState finds the state in a line: of the places where one stands, that after
// which there is nothing but what a server prints there. There is one at most, for
// no word that a state may be stands there. Where a name has blanks in it and there is
// none, it is the place to which a serial would be padded, or the first after which
// something like it comes. at is -1 where no known state stands.
func findState(line string) (at, end int) {
	at, best := -1, 0
	for i := 1; i < min(len(line), longestSerial); i++ {
		if !isBlank(line[i-1]) || isBlank(line[i]) || strings.TrimSpace(line[:i]) == "" {
			continue
		}
		_, length, ok := conditionAt(line[i:])
		if !ok {
			continue
		}
		if rank := rankOf(line, i, i+length); rank > best {
			at, end, best = i, i+length, rank
		}
	}
	return at, end
}

// rankOf is how well a state fits that stands in a line from i to end.
func rankOf(line string, i, end int) int {
	rank := 1
	if exactAttributes(line[end:]) {
		rank += 4
	} else if likeAttributes(line[end:]) {
		rank += 2
	}
	if serial := len(strings.TrimRight(line[:i], " \t")); i == max(serial, padded)+1 {
		rank++
	}
	return rank
}

// names are the keys of a row, in a server's order.
var names = []string{"product", "model", "device", "transport_id"}

// exactAttributes says whether a text is what a server prints behind a state, with
// no blank in any name.
func exactAttributes(text string) bool {
	words := strings.Fields(text)
	if len(words) > 0 && isPath(words[0]) {
		words = words[1:]
	}
	next := 0
	for _, word := range words {
		key, _, ok := strings.Cut(word, ":")
		at := slices.Index(names[next:], key)
		if !ok || at < 0 {
			return false
		}
		next += at + 1
	}
	return true
}

// likeAttributes says whether a text begins as what stands behind a state does.
func likeAttributes(text string) bool {
	words := strings.Fields(text)
	if len(words) == 0 || isPath(words[0]) {
		return true
	}
	key, _, ok := strings.Cut(words[0], ":")
	return ok && isKey(key)
}

// attributes reads what follows the state.
func (r *Row) attributes(text string) {
	value := new(string) // the one last begun, to which a word without a key belongs
	named := false       // what follows may be of the handset's own choosing
	for i, word := range strings.Fields(text) {
		key, text, ok := strings.Cut(word, ":")
		switch ok = ok && isKey(key); {
		case !named && isPath(word) && (ok || i == 0):
			r.Path = Port(word)
		case ok:
			value = r.field(key, text)
			named = named || slices.Contains(names, key)
		default:
			*value += " " + word
		}
	}
}

// field sets what a key stands for, and gives its place.
func (r *Row) field(key, text string) *string {
	switch key {
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

// strangeRow reads a line in which no known state stands: its first word, or what a
// server prints for none, is the serial, and what comes before the first key the state.
func strangeRow(line string) Row {
	line = strings.TrimSpace(line)
	serial, rest := line, ""
	if i := strings.IndexAny(line, " \t"); i >= 0 {
		serial, rest = line[:i], line[i:]
	}
	if after, ok := strings.CutPrefix(line, noSerial); ok {
		serial, rest = noSerial, after
	}
	row := Row{Serial: android.Serial(serial)}
	words := strings.Fields(rest)
	n := 0
	for n < len(words) && !likeAttributes(words[n]) {
		n++
	}
	row.State = strings.Join(words[:n], " ")
	row.attributes(strings.Join(words[n:], " "))
	return row
}

// Port writes a path of USB one way. A server that uses libusb prints the port alone,
// 3-1.4, where others print usb:3-1.4 (client/usb_libusb.cpp, client/usb_linux.cpp);
// both are bus-port.port… of the kernel. What is neither stays as it is.
func Port(path string) string {
	if isPort(path) {
		return pathPrefix + path
	}
	return path
}

const pathPrefix = "usb:"

// isPath says whether a word is the path of a USB device.
func isPath(word string) bool {
	return strings.HasPrefix(word, pathPrefix) && word != pathPrefix || isPort(word)
}

// isPort says whether a word is bus-port.port… of the kernel.
func isPort(word string) bool {
	bus, ports, ok := strings.Cut(word, "-")
	if !ok || !isNumber(bus) {
		return false
	}
	for port := range strings.SplitSeq(ports, ".") {
		if !isNumber(port) {
			return false
		}
	}
	return true
}

func isNumber(s string) bool { return s != "" && len(s) <= 3 && strings.Trim(s, "0123456789") == "" }

// isKey says whether the text before a colon is an attribute's key, rather than
// part of a state such as "see [http://…]".
func isKey(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_") == ""
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }
