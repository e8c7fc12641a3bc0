package printout

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDigitsOfAnyScriptAreRead(t *testing.T) {
	for _, zero := range []rune{'٠', '۰', '०', '০', '၀', '０', '𝟎'} {
		var own []byte
		for i := range rune(10) {
			own = append(own, string(zero+i)...)
		}
		assert.Equal(t, "0123456789", string(LatinDigits(own)), string(zero))
	}
	plain := []byte("07-22 15:54:52 ½ ² Ⅷ \xff\xfe")
	assert.Equal(t, plain, LatinDigits(plain), "what is no decimal digit stays, bytes that are no text too")
	assert.Zero(t, testing.AllocsPerRun(10, func() { LatinDigits(plain) }))
	assert.Equal(t, "1\xff é 2", string(LatinDigits([]byte("١\xff é ٢"))))
}
