package adb

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"sync"
)

// sync chooses the handset, opens its file service and pipes both ways.
func (r *relay) sync(ctx context.Context, down net.Conn) error {
	up, err := r.device.transport(ctx)
	if err != nil {
		return err
	}
	defer up.Close()
	if err := reply(down, "OKAY"); err != nil {
		return err
	}
	service, err := request(ctx, down)
	if err != nil {
		return &sinkError{err}
	}
	if err := up.request(ctx, service); err != nil {
		return err
	}
	if err := reply(down, "OKAY"); err != nil {
		return err
	}
	up.stream(r.server.Silence)
	return r.pipe(ctx, down, up)
}

// pipe carries the file service's bytes both ways. It ends without error when
// gadb closes; a handset that closes first has broken off.
func (r *relay) pipe(ctx context.Context, down net.Conn, up *conn) error {
	var reason error
	var once sync.Once
	end := func(err error) {
		once.Do(func() { reason = err })
		up.abort()
		reset(down)
	}
	var upward sync.WaitGroup
	upward.Go(func() {
		_, err := io.CopyBuffer(up, &source{down}, make([]byte, 128<<10))
		if err == nil || errors.As(err, new(*sourceError)) {
			end(nil)
			return
		}
		end(up.fault(ctx, err))
	})
	end(r.frames(ctx, down, up))
	upward.Wait()
	return reason
}

// frames hands on what the file service sends, and refuses a frame for which
// gadb would allocate more than a handset ever sends at once.
func (r *relay) frames(ctx context.Context, down net.Conn, up *conn) error {
	in := bufio.NewReaderSize(up, packetBuffer)
	for {
		head, err := in.Peek(8)
		if err != nil {
			return up.fault(ctx, unexpected(err))
		}
		id, size := string(head[:4]), int(binary.LittleEndian.Uint32(head[4:]))
		switch {
		case size > longestData:
			return up.garbled("%q of %d bytes", id, size)
		case id == "FAIL":
			text, err := in.Peek(8 + size)
			if err != nil {
				return up.fault(ctx, unexpected(err))
			}
			r.fail(fileFailure("sync:", string(text[8:])))
		}
		if err := deal(in, 8+size, down); errors.As(err, new(*sinkError)) {
			return nil // gadb has closed
		} else if err != nil {
			return up.fault(ctx, err)
		}
	}
}

// packetBuffer holds a whole frame.
const packetBuffer = 8 + longestData

// source marks the errors of gadb's side.
type source struct{ r io.Reader }

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		err = &sourceError{err}
	}
	return n, err
}
