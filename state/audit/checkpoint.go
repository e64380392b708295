package audit

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/json"
	"errors"
	"time"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// ErrSignature says that a checkpoint's signature does not hold.
var ErrSignature = errors.New("audit: checkpoint signature does not hold")

// CheckpointPrefix starts the key of every stored checkpoint; the sequence number follows, big-endian.
const CheckpointPrefix = "c/"

// CheckpointKey is where the checkpoint at an entry is stored.
func CheckpointKey(seq uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte(CheckpointPrefix), seq)
}

// Sign makes the checkpoint of a trail that has come to hash at seq.
func Sign(key ed25519.PrivateKey, seq uint64, hash Hash, state Sum, epoch uint64, at time.Time) port.Checkpoint {
	c := port.Checkpoint{
		Seq: seq, Hash: hash[:], State: state.Bytes(), At: at.UTC().Truncate(time.Microsecond), Epoch: epoch,
		Key: key.Public().(ed25519.PublicKey),
	}
	c.Signature = ed25519.Sign(key, SignedBytes(c))
	return c
}

// SignedBytes lays out what a checkpoint's signature covers: a fixed heading, then sequence, time in microseconds and
// epoch as big-endian 64-bit numbers, then hash and state.
func SignedBytes(c port.Checkpoint) []byte {
	b := []byte("gonogo audit checkpoint v1\n")
	b = binary.BigEndian.AppendUint64(b, c.Seq)
	b = binary.BigEndian.AppendUint64(b, uint64(c.At.UnixMicro()))
	b = binary.BigEndian.AppendUint64(b, c.Epoch)
	b = append(b, c.Hash...)
	return append(b, c.State...)
}

// Check verifies a checkpoint's signature against the keys that are trusted. No keys means none is trusted.
func Check(c port.Checkpoint, trusted []ed25519.PublicKey) error {
	for _, k := range trusted {
		if bytes.Equal(k, c.Key) && ed25519.Verify(k, SignedBytes(c), c.Signature) {
			return nil
		}
	}
	return ErrSignature
}

// EncodeCheckpoint is a checkpoint as stored and published.
func EncodeCheckpoint(c port.Checkpoint) ([]byte, error) { return json.Marshal(c) }

// DecodeCheckpoint reads a stored checkpoint.
func DecodeCheckpoint(b []byte) (port.Checkpoint, error) {
	var c port.Checkpoint
	err := json.Unmarshal(b, &c)
	return c, err
}
