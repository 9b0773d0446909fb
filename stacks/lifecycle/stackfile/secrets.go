package stackfile

// Secrets is what a stack's configuration says about its own encryption.
type Secrets struct {
	// Provider is awskms://..., gcpkms://..., passphrase and so on; empty for the
	// backend's default.
	Provider string
	// Key is the data key, encrypted by a cloud's key service.
	Key string
	// Salt belongs to a passphrase.
	Salt string
}

// IsZero says that nothing was said.
func (s Secrets) IsZero() bool { return s == Secrets{} }

// Secrets reads the encryption settings.
func (f *File) Secrets() Secrets {
	return Secrets{
		Provider: f.text("secretsprovider"),
		Key:      f.text("encryptedkey"),
		Salt:     f.text("encryptionsalt"),
	}
}

// SetSecrets writes the encryption settings into the configuration.
func (f *File) SetSecrets(secrets Secrets) {
	f.setText("secretsprovider", secrets.Provider)
	f.setText("encryptedkey", secrets.Key)
	f.setText("encryptionsalt", secrets.Salt)
}

func (f *File) text(key string) string {
	text, _ := f.root[key].(string)
	return text
}

func (f *File) setText(key, value string) {
	if value == "" {
		delete(f.root, key)
		return
	}
	f.root[key] = value
}
