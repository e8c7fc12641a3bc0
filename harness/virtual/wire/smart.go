package wire

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

// ReadRequest reads a smart-socket request: 4 hex digits, then so many bytes. A
// request may arrive in pieces. What stands behind it already, unasked for, is
// thrown away, as adb's server does.
func ReadRequest(r *bufio.Reader) (string, error) {
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

// WriteOkay says that a request was taken.
func WriteOkay(w io.Writer) error {
	_, err := io.WriteString(w, "OKAY")
	return err
}

// WriteText writes a text with its length before it. A text that is too long
// for 4 hex digits is cut, as adb's server cuts it.
func WriteText(w io.Writer, text string) error {
	text = text[:min(len(text), 0xffff)]
	_, err := fmt.Fprintf(w, "%04x%s", len(text), text)
	return err
}

// WriteOkayText says so with a text, which is cut as WriteText cuts it.
func WriteOkayText(w io.Writer, text string) error {
	text = text[:min(len(text), 0xffff)]
	_, err := fmt.Fprintf(w, "OKAY%04x%s", len(text), text)
	return err
}

// WriteFail says why a request was not taken.
func WriteFail(w io.Writer, reason string) error {
	_, err := fmt.Fprintf(w, "FAIL%04x%s", len(reason), reason)
	return err
}

// Words packs numbers as both protocols do: 32 bits each, little-endian.
func Words(numbers ...uint32) []byte {
	packed := make([]byte, 0, 4*len(numbers))
	for _, n := range numbers {
		packed = binary.LittleEndian.AppendUint32(packed, n)
	}
	return packed
}

// Text is a text behind its length in four hex digits.
func Text(text string) string { return fmt.Sprintf("%04x%s", len(text), text) }
