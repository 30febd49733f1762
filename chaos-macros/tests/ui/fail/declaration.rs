use chaos_core::inject_chaos;

trait Store {
    #[inject_chaos(point = "store.get")]
    fn get(&self) -> Result<(), lambda_runtime::Error>;
}

fn main() {}
