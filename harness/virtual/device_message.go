package virtual

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Commands of the device protocol (adb, protocol.txt).
const (
	cmdConnect = 0x4e584e43 // CNXN
	cmdAuth    = 0x48545541
	cmdOpen    = 0x4e45504f
	cmdOkay    = 0x59414b4f
	cmdClose   = 0x45534c43 // CLSE
	cmdWrite   = 0x45545257 // WRTE
)

// Versions of the protocol. From the second on, only CNXN and AUTH carry a sum.
const (
	versionWithSums    = 0x01000000
	versionWithoutSums = 0x01000001
)

// largestPayload is the most that any peer may send in one message.
const largestPayload = 1 << 20

// message is one message of the device protocol.
type message struct {
	command, arg0, arg1 uint32
	data                []byte
}

// errBadMessage ends a connection, as it does in adbd.
var errBadMessage = errors.New("bad message")

// readMessage reads a message whose payload has at most limit bytes. Its sum is
// checked where sums is set.
func readMessage(r io.Reader, limit int, sums bool) (message, error) {
	var head [24]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return message{}, err
	}
	word := func(i int) uint32 { return binary.LittleEndian.Uint32(head[4*i:]) }
	m := message{command: word(0), arg0: word(1), arg1: word(2)}
	if word(5) != m.command^0xffffffff {
		return message{}, fmt.Errorf("%w: magic %08x of command %08x", errBadMessage, word(5), m.command)
	}
	if word(3) > uint32(limit) {
		return message{}, fmt.Errorf("%w: %d bytes", errBadMessage, word(3))
	}
	m.data = make([]byte, word(3))
	if _, err := io.ReadFull(r, m.data); err != nil {
		return message{}, err
	}
	if sums && word(4) != sumOf(m.data) {
		return message{}, fmt.Errorf("%w: wrong sum", errBadMessage)
	}
	return m, nil
}

// head is what goes before the message's data.
func (m message) head(sums bool) []byte {
	var sum uint32
	if sums || m.command == cmdConnect || m.command == cmdAuth {
		sum = sumOf(m.data)
	}
	return words32(m.command, m.arg0, m.arg1, uint32(len(m.data)), sum, m.command^0xffffffff)
}

// sumOf adds the bytes up, which the protocol calls a CRC.
func sumOf(data []byte) uint32 {
	var sum uint32
	for _, b := range data {
		sum += uint32(b)
	}
	return sum
}
