# Provisioners for a Packer build on Linux: install ssm-probe from a release, and lint the image as the
# last step before it is baked. Copy the two provisioners into your build.

variable "ssm_probe_archive" {
  type        = string
  description = "The archive of a release on the machine that runs Packer."
}

variable "ssm_probe_sha256" {
  type        = string
  description = "Its line in SHA256SUMS."
}

source "null" "example" {
  communicator = "none"
}

build {
  sources = ["source.null.example"]

  provisioner "file" {
    source      = var.ssm_probe_archive
    destination = "/tmp/ssm-probe.tar.gz"
  }

  provisioner "shell" {
    environment_vars = ["SHA256=${var.ssm_probe_sha256}"]
    execute_command  = "chmod +x {{ .Path }}; sudo env {{ .Vars }} sh {{ .Path }}"
    inline = [
      "set -eu",
      "echo \"$SHA256  /tmp/ssm-probe.tar.gz\" | sha256sum -c -",
      "tar -xzf /tmp/ssm-probe.tar.gz -C /usr/local --strip-components=1 --no-same-owner",
      "rm /tmp/ssm-probe.tar.gz",
      "ssm-probe lint --root /",
    ]
  }
}
