//! Files written by hand must be short enough to be read at once.

use super::{Report, Workspace};

const RULE: &str = "length";

pub(super) fn check(workspace: &Workspace, report: &mut Report) {
    let length = &workspace.rules.length;
    for (_, file) in workspace.files() {
        let lines = file.text.lines().count();
        let excused = length.allow.iter().find(|allowed| allowed.path == file.path);
        let limit = excused.map_or(length.limit, |allowed| allowed.lines);
        if lines > limit {
            let message = format!(
                "the file has {lines} lines, {limit} are allowed; split it into files of one subject each"
            );
            report.problem(RULE, file.path.clone(), 0, message);
        }
        if let Some(allowed) = excused
            && (lines <= length.limit || allowed.reason.is_empty())
        {
            let message = "the exception in xtask/tidy.toml is not needed or has no reason";
            report.problem(RULE, file.path.clone(), 0, message);
        }
    }
}
