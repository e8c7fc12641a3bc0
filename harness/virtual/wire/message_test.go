package wire

import (
	"bytes"
	"testing"
)

// pack is a message as it goes over the wire.
func pack(m Message, sums bool) []byte { return append(m.Head(sums), m.Data...) }

func FuzzReadMessage(f *testing.F) {
	f.Add(pack(Message{Command: CNXN, Arg0: VersionWithSums, Arg1: 4096, Data: []byte("host::")}, true))
	f.Add(pack(Message{Command: WRTE, Arg0: 1, Arg1: 2, Data: []byte("x")}, false))
	f.Fuzz(func(t *testing.T, in []byte) {
		m, err := ReadMessage(bytes.NewReader(in), 4096, true)
		if err == nil && !bytes.Equal(pack(m, true), in[:24+len(m.Data)]) {
			t.Fatalf("%x read as %+v", in, m)
		}
	})
}
