// Shows the contract that the address names; to read, for here nobody can call it.
import { get } from './api.js';

const name = decodeURIComponent(location.pathname.split('/')[2] ?? '');
const spec = await get(`/integrations/${encodeURIComponent(name)}/contract`);
document.title = `${name} · Partner Gateway`;
window.SwaggerUIBundle({
  spec, domNode: document.getElementById('contract'), supportedSubmitMethods: [], validatorUrl: null, deepLinking: false,
  docExpansion: 'list', defaultModelsExpandDepth: 0
});
