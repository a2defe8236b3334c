//! Without any one rule the leak check refuses the archive.

use ssm_probe::bundle::clean::Cleaner;
use ssm_probe::bundle::leak;
use ssm_probe::bundle::pack::{Bounds, pack};
use ssm_probe::probe::offline;
use ssm_probe::redact::Redactor;
use ssm_probe::redact::known::KnownSecrets;
use ssm_probe::redact::rules::{Detector, RULES};
use ssm_probe::secret::Secret;
use ssm_probe::world::World;

use crate::host::{Host, LOG};

#[test]
fn removing_one_rule_makes_the_leak_check_refuse() {
    let mut known = KnownSecrets::default();
    known.insert(&Secret::new("hunter2-and-something-more".to_owned()));
    for rule in &RULES {
        let host = Host::new();
        let example = match rule.detector {
            Detector::Known => "seen hunter2-and-something-more here\n",
            _ => rule.example,
        };
        host.put(LOG, example);
        let world = World::real(host.root());
        let seen = offline::root(&world);
        let archive = |redactor: Redactor| {
            let mut cleaner = Cleaner::new(redactor, None);
            let (archive, _) = pack(
                &world,
                &seen,
                &mut cleaner,
                Bounds::default(),
                Vec::new(),
                |_| true,
            )
            .expect("memory is never full");
            archive
        };
        let check = Redactor::new(&known);
        let whole = leak::find(archive(Redactor::new(&known)).as_slice(), &check);
        assert_eq!(whole.expect("it is sound"), None, "{}", rule.id);
        let leaky = leak::find(
            archive(Redactor::without(rule.id, &known)).as_slice(),
            &check,
        );
        let leak = leaky
            .expect("it is sound")
            .unwrap_or_else(|| panic!("{} is not missed", rule.id));
        assert_eq!(
            (leak.file.as_str(), leak.rule),
            ("agent/log/amazon-ssm-agent.log", rule.id)
        );
    }
}
