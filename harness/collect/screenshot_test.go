package collect

import (
	"bytes"
	"image"
	"image/png"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAPictureIsWholeFromSignatureToEnd(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, 9, 9))))
	whole := b.Bytes()
	assert.Empty(t, wholePNG(whole, whole))
	assert.Equal(t, "the picture's last chunk is missing", wholePNG(whole, whole[:len(whole)-1]))
	assert.Equal(t, "no PNG signature: Capturing failed.", wholePNG([]byte("Capturing failed.\n"), nil))
	assert.NotEmpty(t, wholePNG(bytes.ReplaceAll(whole, []byte("\n"), []byte("\r\n")), whole), "a terminal has turned its line ends")
}
