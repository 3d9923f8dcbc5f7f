// Shows one contract at a time; with a sandbox beside it, its calls can be tried.
const { contracts, trial } = await (await fetch('list.json')).json();
const nav = document.getElementById('contracts');
const main = document.getElementById('contract');

document.getElementById('trial').textContent = trial
  ? `Calls can be tried: they reach a sandbox that forgets everything when it stops. Its deployment is ${trial.deployment},`
    + ` a key of it is ${trial.key} and is filled in.`
  : 'Paths are relative to the address of the gateway that serves you.';
for (const { name, title } of contracts) {
  const link = document.createElement('a');
  link.href = `#${encodeURIComponent(name)}`;
  link.textContent = title;
  nav.append(link);
}

async function show() {
  const wanted = decodeURIComponent(location.hash.slice(1));
  const { name, title } = contracts.find((contract) => contract.name === wanted) ?? contracts[0];
  document.title = `${title} · Partner Gateway`;
  for (const link of nav.children) {
    if (link.hash === `#${encodeURIComponent(name)}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  const spec = await (await fetch(`${encodeURIComponent(name)}.json`)).json();
  const place = document.createElement('div');
  main.replaceChildren(place);
  const reader = window.SwaggerUIBundle({
    spec, domNode: place, validatorUrl: null, deepLinking: false, tryItOutEnabled: Boolean(trial),
    supportedSubmitMethods: trial ? ['get', 'put', 'post', 'delete', 'patch'] : [], docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    onComplete: () => {
      for (const [scheme, { type, scheme: kind }] of Object.entries(spec.components?.securitySchemes ?? {})) {
        if (trial && type === 'apiKey') reader.preauthorizeApiKey(scheme, `ApiKey-v1 ${trial.key}`);
        if (trial && kind === 'basic') reader.preauthorizeBasic(scheme, 'ApiKey-v1', trial.key);
      }
    }
  });
}

window.addEventListener('hashchange', show);
await show();
