package device

import (
	"bytes"
	"encoding/binary"

	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// Screenshot reads how large a picture of the screen is, and whether it is whole.
var Screenshot = printout.Parser{
	Source: evidence.Screenshot,
	Parse:  parseScreenshot,
	Needs:  "screencap -p, Android 5 to 16: a Portable Network Graphics file (PNG, third edition, 5.2 and 11.2.1)",
}

const (
	signaturePNG = "\x89PNG\r\n\x1a\n"
	headerPNG    = len(signaturePNG) + 4 + 4 + 13 + 4 // with the IHDR chunk: length, type, data, checksum
	atOnce       = 4 << 10                            // how many bytes are passed over at a time
	endPNG       = "\x00\x00\x00\x00IEND\xaeB`\x82"
)

// parseScreenshot reads the header, and looks for the end. The pixels are passed over. If it
// is no picture, it is text: screencap says why it took none.
func parseScreenshot(in printout.Input, emit printout.Emit) error {
	l := in.Lines
	if !bytes.HasPrefix(l.Peek(headerPNG), []byte(signaturePNG)) {
		for l.Next() {
			l.Settle()
		}
		return nil
	}
	head := l.Peek(headerPNG)
	if len(head) < headerPNG || string(head[12:16]) != "IHDR" {
		pass(l)
		l.Cut("the picture has no header")
		return nil
	}
	s := fact.Screenshot{Width: int(binary.BigEndian.Uint32(head[16:])), Height: int(binary.BigEndian.Uint32(head[20:]))}
	l.Take(headerPNG)
	l.Read()
	emit(s, l.Span())
	if tail := pass(l); !bytes.HasSuffix(tail, []byte(endPNG)) {
		l.Cut("the picture is not closed")
	}
	return nil
}

// pass skips all that is left, and gives its last bytes.
func pass(l *printout.Lines) []byte {
	var tail []byte
	for {
		n := len(l.Peek(atOnce))
		if n == 0 {
			return tail
		}
		l.Take(n)
		l.Skip()
		tail = append(tail, l.Text()...)
		tail = append(tail[:0], tail[max(0, len(tail)-len(endPNG)):]...)
	}
}
