package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Commands of the device protocol (adb, protocol.txt).
const (
	CNXN = 0x4e584e43 // CNXN
	AUTH = 0x48545541
	OPEN = 0x4e45504f
	OKAY = 0x59414b4f
	CLSE = 0x45534c43 // CLSE
	WRTE = 0x45545257 // WRTE
)

// Kinds of AUTH.
const (
	AuthToken     = 1
	AuthSignature = 2
)

// Versions of the protocol. From the second on, only CNXN and AUTH carry a sum.
const (
	VersionWithSums    = 0x01000000
	VersionWithoutSums = 0x01000001
)

// LargestPayload is the most that any peer may send in one message.
const LargestPayload = 1 << 20

// Message is one message of the device protocol.
type Message struct {
	Command, Arg0, Arg1 uint32
	Data                []byte
}

// errBadMessage ends a connection, as it does in adbd.
var errBadMessage = errors.New("bad message")

// ReadMessage reads a message whose payload has at most limit bytes. Its sum is
// checked where sums is set.
func ReadMessage(r io.Reader, limit int, sums bool) (Message, error) {
	var head [24]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return Message{}, err
	}
	word := func(i int) uint32 { return binary.LittleEndian.Uint32(head[4*i:]) }
	m := Message{Command: word(0), Arg0: word(1), Arg1: word(2)}
	if word(5) != m.Command^0xffffffff {
		return Message{}, fmt.Errorf("%w: magic %08x of command %08x", errBadMessage, word(5), m.Command)
	}
	if word(3) > uint32(limit) {
		return Message{}, fmt.Errorf("%w: %d bytes", errBadMessage, word(3))
	}
	m.Data = make([]byte, word(3))
	if _, err := io.ReadFull(r, m.Data); err != nil {
		return Message{}, err
	}
	if sums && word(4) != Sum(m.Data) {
		return Message{}, fmt.Errorf("%w: wrong sum", errBadMessage)
	}
	return m, nil
}

// Head is what goes before the message's data.
func (m Message) Head(sums bool) []byte {
	var sum uint32
	if sums || m.Command == CNXN || m.Command == AUTH {
		sum = Sum(m.Data)
	}
	return Words(m.Command, m.Arg0, m.Arg1, uint32(len(m.Data)), sum, m.Command^0xffffffff)
}

// Sum adds the bytes up, which the protocol calls a CRC.
func Sum(data []byte) uint32 {
	var sum uint32
	for _, b := range data {
		sum += uint32(b)
	}
	return sum
}
