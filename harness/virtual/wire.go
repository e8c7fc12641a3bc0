package virtual

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// errBadRequest is a request whose length is not 4 hex digits, or is zero. The
// server closes such a connection without a word.
var errBadRequest = errors.New("bad request")

// readRequest reads a smart-socket request: 4 hex digits, then so many bytes. A
// request may arrive in pieces. What stands behind it already, unasked for, is
// thrown away, as adb's server does.
func readRequest(r *bufio.Reader) (string, error) {
	var digits [4]byte
	if _, err := io.ReadFull(r, digits[:]); err != nil {
		return "", err
	}
	n, err := strconv.ParseUint(string(digits[:]), 16, 16)
	if err != nil || n == 0 {
		return "", errBadRequest
	}
	request := make([]byte, n)
	if _, err := io.ReadFull(r, request); err != nil {
		return "", err
	}
	r.Discard(r.Buffered())
	return string(request), nil
}

func writeOkay(w io.Writer) error {
	_, err := io.WriteString(w, "OKAY")
	return err
}

// writeText writes a text with its length before it. A text that is too long
// for 4 hex digits is cut, as adb's server cuts it.
func writeText(w io.Writer, text string) error {
	text = text[:min(len(text), 0xffff)]
	_, err := fmt.Fprintf(w, "%04x%s", len(text), text)
	return err
}

func writeOkayText(w io.Writer, text string) error {
	text = text[:min(len(text), 0xffff)]
	_, err := fmt.Fprintf(w, "OKAY%04x%s", len(text), text)
	return err
}

func writeFail(w io.Writer, reason string) error {
	_, err := fmt.Fprintf(w, "FAIL%04x%s", len(reason), reason)
	return err
}

// words32 packs numbers as both protocols do: 32 bits each, little-endian.
func words32(numbers ...uint32) []byte {
	packed := make([]byte, 0, 4*len(numbers))
	for _, n := range numbers {
		packed = binary.LittleEndian.AppendUint32(packed, n)
	}
	return packed
}
