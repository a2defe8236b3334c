use super::{cgroup_sign, container, dmi, is_ec2_uuid, machine_id, os, parse_os_release};
use crate::host::layout::Layout;
use crate::host::testing::Root;
use crate::observations::Reading;

#[test]
fn the_system_s_name_is_read_through_its_link() {
    let root = Root::new();
    let look = || os(&root.world(), &Layout::LINUX);
    assert!(look().is_absent());
    root.write(
        "/usr/lib/os-release",
        "NAME=\"Amazon Linux\"\nPRETTY_NAME=\"Amazon Linux 2023\"\n",
    );
    assert_eq!(look().value().unwrap(), "Amazon Linux 2023");
    root.link("/etc/os-release", "/usr/lib/os-release");
    assert_eq!(look().value().unwrap(), "Amazon Linux 2023");
    assert_eq!(look().source(), "/etc/os-release");
    root.write("/etc/os-release", "ID=x\n");
    assert!(matches!(look(), Reading::Malformed { .. }));
    root.link("/etc/os-release", "os-release");
    assert!(matches!(look(), Reading::Unreadable { .. }));
}

#[test]
fn mac_is_named_by_its_version_file() {
    let root = Root::new();
    root.write(
        super::MAC_VERSION,
        "<key>ProductName</key>\n<string>macOS</string><key>ProductVersion</key><string>14.2</string>",
    );
    let layout = Layout::of(&root.world());
    assert_eq!(os(&root.world(), &layout).value().unwrap(), "macOS 14.2");
}

#[test]
fn the_firmware_of_nitro_and_of_xen_says_ec2() {
    let root = Root::new();
    assert!(dmi(&root.world()).uuid_says_ec2.is_absent());
    root.write("/sys/class/dmi/id/sys_vendor", "Amazon EC2\n");
    root.write("/sys/class/dmi/id/board_asset_tag", "i-0123456789abcdef0\n");
    root.write(
        "/sys/class/dmi/id/product_uuid",
        "EC2AB12C-0000-0000-0000-000000000000\n",
    );
    let nitro = dmi(&root.world());
    assert_eq!(nitro.vendor.value().unwrap(), "Amazon EC2");
    assert_eq!(nitro.asset_tag.value().unwrap(), "i-0123456789abcdef0");
    assert_eq!(nitro.uuid_says_ec2.value(), Some(&true));
    assert!(nitro.product.is_absent());
    root.write(
        "/sys/class/dmi/id/product_uuid",
        "12345678-0000-0000-0000-000000000000\n",
    );
    assert_eq!(dmi(&root.world()).uuid_says_ec2.value(), Some(&false));
    root.write(
        "/sys/hypervisor/uuid",
        "ec2e1916-9099-7caf-fd21-012345abcdef\n",
    );
    assert_eq!(dmi(&root.world()).uuid_says_ec2.value(), Some(&true));
    root.write("/sys/class/dmi/id/product_uuid", "");
    assert_eq!(dmi(&root.world()).uuid_says_ec2.value(), Some(&true));
}

#[test]
fn a_uuid_in_little_endian_order_counts_too() {
    assert!(is_ec2_uuid("45E12AEC-DCD1-B213-94ED-012345ABCDEF"));
    assert!(is_ec2_uuid("EC2E1916-9099-7CAF-FD21-012345ABCDEF"));
    for other in [
        "",
        "e",
        "12345678-ec2",
        "00000000-0000-0000-0000-000000000000",
    ] {
        assert!(!is_ec2_uuid(other), "{other}");
    }
}

#[test]
fn a_uuid_that_nobody_may_read_is_not_a_no() {
    let yes = || Reading::found(true, "x");
    let no = || Reading::found(false, "x");
    let forbidden = || Reading::<bool>::Forbidden {
        source: "y".to_owned(),
    };
    let absent = || Reading::<bool>::absent("z");
    assert_eq!(super::either(absent(), forbidden()), forbidden());
    assert_eq!(super::either(forbidden(), absent()), forbidden());
    assert_eq!(super::either(no(), forbidden()), no());
    assert_eq!(super::either(no(), yes()), yes());
    assert_eq!(super::either(yes(), no()), yes());
    assert_eq!(super::either(absent(), absent()), absent());
}

#[test]
fn the_machine_id_keeps_its_line_end_and_has_a_second_place() {
    let root = Root::new();
    assert!(machine_id(&root.world()).is_absent());
    root.write("/var/lib/dbus/machine-id", "old\n");
    assert_eq!(machine_id(&root.world()).value().unwrap(), "old\n");
    root.write("/etc/machine-id", "new\n");
    assert_eq!(machine_id(&root.world()).value().unwrap(), "new\n");
}

#[test]
fn each_sign_of_a_container_is_taken_and_a_host_has_none() {
    let root = Root::new();
    root.write("/proc/1/cgroup", "0::/init.scope\n");
    assert!(container(&root.world()).is_absent());
    root.write("/proc/1/cgroup", "11:cpu:/ecs/abc/def\n");
    assert_eq!(container(&root.world()).value().unwrap(), "ECS");
    root.write("/run/systemd/container", "lxc\n");
    assert_eq!(container(&root.world()).value().unwrap(), "lxc");
    root.write("/run/.containerenv", "");
    assert_eq!(container(&root.world()).value().unwrap(), "Podman");
    root.write("/.dockerenv", "");
    assert_eq!(container(&root.world()).value().unwrap(), "Docker");
    assert_eq!(
        cgroup_sign("1:name=systemd:/kubepods/x"),
        Some("Kubernetes")
    );
}

proptest::proptest! {
    #[test]
    fn no_text_panics(text in "\\PC{0,100}") {
        let _answers = (parse_os_release(&text).is_ok(), super::parse_plist(&text).is_ok(), is_ec2_uuid(&text));
    }
}

#[test]
fn below_another_root_the_architecture_is_that_of_its_programs() {
    let root = Root::new();
    let look = || super::arch(&root.world(), &[]);
    assert_eq!(look(), "");
    for (head, arch) in [
        (
            b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\xb7\0more".as_slice(),
            "arm64",
        ),
        (
            b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x3e\0",
            "x86_64",
        ),
        (b"\xcf\xfa\xed\xfe\x0c\0\0\x01", "arm64"),
        (b"\x7fELF\x02", ""),
        (b"#!/bin/bash\n", ""),
        (b"", ""),
    ] {
        root.write("/bin/sh", head);
        assert_eq!(look(), arch, "{head:?}");
    }
}
