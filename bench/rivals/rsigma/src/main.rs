//! Times rsigma on the events and rules of a race: `sigma-race RULES EVENTS SECONDS`. RULES is a folder of rule files, EVENTS a file of
//! JSON lines, each with the members `product`, `service` and `category` of its log source. Prints one JSON object.

use rsigma_eval::{Engine, JsonEvent};
use rsigma_parser::{LogSource, parse_sigma_file};
use serde_json::{Value, json};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn rule_files(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("rules folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            rule_files(&path, into);
        } else if path.extension().is_some_and(|e| e == "yml") {
            into.push(path);
        }
    }
}

fn log_source(event: &Value) -> LogSource {
    let text = |name: &str| event.get(name).and_then(Value::as_str).map(str::to_string);
    LogSource { product: text("product"), service: text("service"), category: text("category"), ..LogSource::default() }
}

/// User CPU time of this process in seconds.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or("");
    let ticks: f64 = after.split_whitespace().nth(11).and_then(|t| t.parse().ok()).unwrap_or(0.0);
    ticks / 100.0
}

fn rate(lines: &[String], seconds: u64, mut work: impl FnMut(&str) -> usize) -> Value {
    for line in lines.iter().take(2_000) {
        black_box(work(line));
    }
    let (began, cpu) = (Instant::now(), cpu_seconds());
    let limit = Duration::from_secs(seconds);
    let mut done = 0u64;
    while began.elapsed() < limit {
        for _ in 0..20 {
            black_box(work(&lines[(done % lines.len() as u64) as usize]));
            done += 1;
        }
    }
    let wall = began.elapsed().as_secs_f64();
    json!({
        "perSecond": (done as f64 / wall).round() as u64,
        "perCpuSecond": (done as f64 / (cpu_seconds() - cpu)).round() as u64,
    })
}

fn main() {
    let args: Vec<String> = env::args().collect();
    let seconds: u64 = args[3].parse().expect("seconds");
    let mut files = Vec::new();
    rule_files(Path::new(&args[1]), &mut files);
    files.sort();
    let began = Instant::now();
    let mut engine = Engine::new();
    let mut refused = 0;
    let mut rules = Vec::new();
    for file in &files {
        match parse_sigma_file(file) {
            Ok(collection) => rules.extend(collection.rules),
            Err(_) => refused += 1,
        }
    }
    refused += engine.add_rules(rules.iter()).len();
    let load_ms = began.elapsed().as_millis() as u64;
    let text = fs::read_to_string(&args[2]).expect("events file");
    let lines: Vec<String> = text.lines().map(str::to_string).collect();
    let mut matches = 0;
    let mut by_title = std::collections::BTreeMap::new();
    for line in &lines {
        let value: Value = serde_json::from_str(line).expect("JSON");
        for found in engine.evaluate_with_logsource(&JsonEvent::borrow(&value), &log_source(&value)) {
            matches += 1;
            *by_title.entry(found.header.rule_title.clone()).or_insert(0u32) += 1;
        }
    }
    let parse = rate(&lines, seconds, |line| serde_json::from_str::<Value>(line).expect("JSON").is_object() as usize);
    let routed = rate(&lines, seconds, |line| {
        let value: Value = serde_json::from_str(line).expect("JSON");
        let source = log_source(&value);
        engine.evaluate_with_logsource(&JsonEvent::borrow(&value), &source).len()
    });
    let unrouted = rate(&lines, seconds, |line| {
        let value: Value = serde_json::from_str(line).expect("JSON");
        engine.evaluate(&JsonEvent::borrow(&value)).len()
    });
    engine.set_cross_rule_ac(true);
    let routed_cross = rate(&lines, seconds, |line| {
        let value: Value = serde_json::from_str(line).expect("JSON");
        let source = log_source(&value);
        engine.evaluate_with_logsource(&JsonEvent::borrow(&value), &source).len()
    });
    println!(
        "{}",
        json!({ "rules": engine.rule_count(), "refused": refused, "loadMs": load_ms, "matches": matches, "jsonParse": parse,
                "parseAndMatchRouted": routed, "parseAndMatchUnrouted": unrouted,
                "parseAndMatchRoutedCrossRuleIndex": routed_cross, "byTitle": by_title })
    );
}
